//! The emulator behind TLS, as AWS is: plain HTTP hides what certificates and the handshake cost.

use crate::{
    Fallible,
    harness::{Emulator, python},
};
use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Ends with its owner.
pub struct TlsFront {
    process: Child,
    port: u16,
    folder: PathBuf,
}

impl TlsFront {
    pub fn start() -> Fallible<Self> {
        let folder = env::temp_dir().join(format!("cordon-tls-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/cold_start/tls_front.py");
        let mut process = Command::new(python())
            .arg(script)
            .arg(Emulator::get().port().to_string())
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or("its output is piped")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let port = line.trim().parse().map_err(|_| "the TLS front does not start")?;
        Ok(Self { process, port, folder })
    }

    /// For `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// For `SSL_CERT_FILE`: as many roots as a system has, and the front's own.
    pub fn roots(&self) -> String {
        self.folder.join("roots.pem").to_string_lossy().into_owned()
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
