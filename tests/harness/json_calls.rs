//! Calls of services that the tests have no client for, as a person makes them: JSON 1.1, with a
//! signature that says who asks and in which Region. The emulator does not check a person's.

use super::{Account, Emulator};
use serde_json::Value;
use std::{
    io::{Read, Write},
    net::TcpStream,
};

impl Account {
    /// Calls EventBridge.
    pub async fn events(&self, operation: &str, asked: &Value) -> Value {
        self.json("events", "AWSEvents", operation, asked)
    }

    /// Calls a service that speaks JSON 1.1.
    pub fn json(&self, service: &str, target: &str, operation: &str, asked: &Value) -> Value {
        let url = Emulator::get().url();
        let host = url.trim_start_matches("http://").trim_end_matches('/');
        let body = asked.to_string();
        let scope = format!("20261118/{}/{service}/aws4_request", self.region);
        let request = format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             content-type: application/x-amz-json-1.1\r\nx-amz-target: {target}.{operation}\r\n\
             authorization: AWS4-HMAC-SHA256 Credential=AKIAPERSON0000000000/{scope}, \
             SignedHeaders=host, Signature=0\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(host).expect("the emulator");
        stream.write_all(request.as_bytes()).expect("it is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("HTTP/1.1 200"), "{operation}: {answer}");
        if body.trim().is_empty() { Value::Null } else { serde_json::from_str(body).expect("JSON") }
    }
}
