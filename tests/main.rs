//! Everything that is held against the real binaries, the emulator, the template and the source.

mod harness;
mod stories;
