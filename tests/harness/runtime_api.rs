//! A local Lambda Runtime API: hands out one event at a time and takes the answer.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// What the function posted.
pub enum Posted {
    /// It asked for its first event.
    Started(Instant),
    Response(String),
    Error(String),
}

pub struct RuntimeApi {
    pub port: u16,
    pub events: Sender<String>,
    pub posted: Receiver<Posted>,
}

impl RuntimeApi {
    pub fn start(function_arn: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (events, queue) = channel();
        let (post, posted) = channel();
        let queue = Arc::new(Mutex::new(queue));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (queue, post, arn) = (queue.clone(), post.clone(), function_arn.clone());
                thread::spawn(move || serve(stream, &queue, &post, &arn));
            }
        });
        Self { port, events, posted }
    }
}

/// Serves one connection until it closes.
fn serve(
    stream: TcpStream,
    queue: &Mutex<Receiver<String>>,
    post: &Sender<Posted>,
    arn: &str,
) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    loop {
        let (path, body) = request(&mut reader)?;
        if path.ends_with("/runtime/invocation/next") {
            let _ = post.send(Posted::Started(Instant::now()));
            // No event any more: the environment stays frozen until the connection closes.
            let event = queue.lock().ok()?.recv().ok()?;
            let deadline =
                SystemTime::now().duration_since(UNIX_EPOCH).ok()? + Duration::from_secs(60);
            let headers = format!(
                "Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
                 Lambda-Runtime-Deadline-Ms: {}\r\n\
                 Lambda-Runtime-Invoked-Function-Arn: {arn}\r\n\
                 Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700\r\n",
                deadline.as_millis()
            );
            answer(&mut writer, "200 OK", &headers, &event)?;
        } else {
            let posted = if path.ends_with("/response") {
                Posted::Response(body)
            } else {
                Posted::Error(body)
            };
            answer(&mut writer, "202 Accepted", "", "{\"status\":\"OK\"}")?;
            post.send(posted).ok()?;
        }
    }
}

fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let path = line.split(' ').nth(1)?.to_owned();
    let (mut length, mut chunked) = (0, false);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        chunked |= header == "transfer-encoding: chunked";
    }
    let body = if chunked { chunks(reader)? } else { exactly(reader, length)? };
    Some((path, String::from_utf8_lossy(&body).into_owned()))
}

fn chunks(reader: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut size = String::new();
        reader.read_line(&mut size).ok()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        body.extend(exactly(reader, size)?);
        exactly(reader, 2)?;
        if size == 0 {
            return Some(body);
        }
    }
}

fn exactly(reader: &mut BufReader<TcpStream>, length: usize) -> Option<Vec<u8>> {
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

fn answer(writer: &mut TcpStream, status: &str, headers: &str, body: &str) -> Option<()> {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    writer.write_all(text.as_bytes()).ok()
}
