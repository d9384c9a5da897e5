//! Private keys as text, bare or in base64 once more, as they are put into variables. Refuses
//! certificates and public keys. <https://www.rfc-editor.org/rfc/rfc7468#section-2>

use super::Suspicion;

const PRIVATE_KEY: Suspicion =
    Suspicion::new("private key", "https://www.rfc-editor.org/rfc/rfc7468#section-10");

const BEGIN: &[u8] = b"-----BEGIN ";
/// The longest label there is, `ENCRYPTED PRIVATE KEY`, and some room.
const LABEL: usize = 40;

pub(super) fn find(value: &str) -> Option<Suspicion> {
    // 80 characters hold the first line.
    let start: String = value.chars().take(80).collect();
    (begins_key(value.as_bytes()) || begins_key(&decoded(&start))).then_some(PRIVATE_KEY)
}

/// Whether some line begins a private key.
fn begins_key(text: &[u8]) -> bool {
    text.windows(BEGIN.len()).enumerate().filter(|(_, window)| *window == BEGIN).any(|(at, _)| {
        let label = text.get(at + BEGIN.len()..).unwrap_or_default();
        let label = label.get(..LABEL.min(label.len())).unwrap_or_default();
        let end = label.windows(2).position(|two| two == b"--").unwrap_or(label.len());
        let label = label.get(..end).unwrap_or_default();
        [&b"PRIVATE KEY"[..], b"PRIVATE KEY BLOCK"].iter().any(|name| label.ends_with(name))
    })
}

/// What base64 says, until something else comes.
fn decoded(text: &str) -> Vec<u8> {
    let sextet = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0_u32);
    for six in text.bytes().map_while(sextet) {
        bits = (bits << 6 | u32::from(six)) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap_or_default());
        }
    }
    bytes
}
