//! The emulator process and its control endpoints (`tests/emulator/emulator.py`).

use serde::Deserialize;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

/// The one emulator of this process. It ends with it, because its standard input closes then.
pub struct Emulator {
    port: u16,
    _child: Child,
}

/// One AWS call.
#[derive(Debug, Clone, Deserialize)]
pub struct Call {
    pub service: String,
    pub operation: String,
    pub mutating: bool,
    /// What it was answered; none where it was not.
    pub status: Option<u16>,
    /// When, in seconds since 1970.
    pub answered: Option<f64>,
    /// The fault that struck it.
    pub injected: Option<Injected>,
}

/// A fault as the log shows it.
#[derive(Debug, Clone, Deserialize)]
pub struct Injected {
    /// The call was carried out, and its answer lost.
    pub late: bool,
}

impl Call {
    /// Whether AWS carried it out, whatever the caller was told.
    pub fn took_effect(&self) -> bool {
        match &self.injected {
            Some(fault) => fault.late,
            None => self.status.is_some_and(|status| status < 300),
        }
    }
}

impl Emulator {
    /// Starts it when it is first needed.
    pub fn get() -> &'static Self {
        static EMULATOR: OnceLock<Emulator> = OnceLock::new();
        EMULATOR.get_or_init(Self::start)
    }

    fn start() -> Self {
        let python = python();
        assert!(python.exists(), "{} is missing: run `make setup` first", python.display());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulator/emulator.py");
        let mut child = Command::new(python)
            .arg(script)
            .args(["--port", "0"])
            .env("MOTO_ALLOW_NONEXISTENT_REGION", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the emulator starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it says its port");
        let ready: serde_json::Value = serde_json::from_str(&line).expect("as JSON");
        let port = ready["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        Self { port: port.expect("a port"), _child: child }
    }

    /// For `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where it listens.
    pub const fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn calls(&self, key: &str) -> Vec<Call> {
        let body = self.control("GET", &format!("/_emulator/calls?key={key}"), "");
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"))
    }

    pub(super) fn forget_calls(&self, key: &str) {
        self.control("DELETE", &format!("/_emulator/calls?key={key}"), "");
    }

    pub(super) fn faults(&self, key: &str, rules: &str) {
        let body = format!(r#"{{"key":"{key}","rules":{rules}}}"#);
        self.control("POST", "/_emulator/faults", &body);
    }

    /// Deploys a configuration, see `tests/emulator/appconfig_data.py`.
    pub fn deploy_configuration(&self, configuration: &serde_json::Value) {
        self.control("POST", "/_emulator/configuration", &configuration.to_string());
    }

    pub(super) fn control(&self, method: &str, path: &str, body: &str) -> String {
        self.request(method, path, "Content-Type: application/json\r\n", body)
    }

    /// A call in a person's name to a service for which there is no client here. `headers` end in
    /// CRLF each.
    pub fn call(&self, service: &str, region: &str, request: [&str; 4]) -> String {
        let [method, path, headers, body] = request;
        let credential = format!("AKIAPERSON0000000000/20260101/{region}/{service}/aws4_request");
        let signature = "SignedHeaders=host, Signature=none";
        let signed = format!("AWS4-HMAC-SHA256 Credential={credential}, {signature}");
        let headers = format!("Authorization: {signed}\r\n{headers}");
        self.request(method, path, &headers, body)
    }

    fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: emulator\r\nConnection: close\r\n\
             {headers}Content-Length: {length}\r\n\r\n{body}"
        )
        .expect("it takes requests");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
        assert!(head.starts_with("HTTP/1.1 2"), "{method} {path}: {answer}");
        body.to_owned()
    }
}

/// `CORDON_PYTHON`, or where `make setup` puts it.
pub fn python() -> PathBuf {
    match std::env::var_os("CORDON_PYTHON") {
        Some(python) => PathBuf::from(python),
        None => PathBuf::from(std::env::var_os("HOME").expect("a home"))
            .join(".cache/lambda-cordon/venv-emulator/bin/python"),
    }
}
