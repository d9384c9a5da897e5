//! Links the function at a fixed address. What is linked to run anywhere has 38,000 addresses in it that
//! are written anew at every start, in pages that the system must copy first: a third of the start. What
//! a fixed address gives away, DESIGN.md says.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo::rustc-link-arg-bin=bootstrap=-no-pie");
    }
}
