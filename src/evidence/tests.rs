//! Nothing of a function's environment can be read from what is kept, and the chain holds.

use super::*;
use crate::resource::FunctionArn;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:orders";

fn request() -> EvidenceRequest {
    EvidenceRequest::new("inc-0123456789abcdef", FunctionArn::parse(FUNCTION).expect("an ARN"))
        .expect("a request")
}

fn stored(key: &str, byte: u8) -> Stored {
    Stored { key: key.to_owned(), sha256: [byte; 32], size: 7, version_id: None }
}

fn manifest(objects: Vec<Stored>) -> Manifest {
    Manifest::new("inc-1", FUNCTION.to_owned(), "2026-11-21T00:00:00Z".to_owned(), objects, vec![])
}

fn text<T: Serialize>(document: &T) -> String {
    serde_json::to_string(document).expect("it is JSON")
}

#[test]
fn equal_values_hash_alike_within_an_incident_and_in_no_other() {
    let (salt, other) = (Salt::new([1; 32]), Salt::new([2; 32]));

    assert_eq!(salt.hash("hunter2"), salt.hash("hunter2"));
    assert_ne!(salt.hash("hunter2"), salt.hash("hunter3"));
    assert_ne!(salt.hash("hunter2"), other.hash("hunter2"));
}

#[test]
fn hashes_are_hmac_sha_256_as_others_compute_it() {
    // RFC 4231, test case 1: the key is twenty bytes 0x0b, which zeros may fill up to a block.
    let mut key = [0; 32];
    key[..20].fill(0x0b);

    assert_eq!(
        text(&Salt::new(key).hash("Hi There")),
        "\"hmac-sha256:b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7\""
    );
}

#[test]
fn a_salt_is_not_shown() {
    assert_eq!(format!("{:?}", Salt::new([7; 32])), "Salt(..)");
}

proptest! {
    #[test]
    fn no_value_of_the_environment_stands_in_its_hash(value in "[a-zA-Z0-9/+=]{16,64}") {
        let hash = text(&Salt::new([3; 32]).hash(&value));

        prop_assert!(!hash.contains(&value));
        prop_assert_eq!(hash.len(), "\"hmac-sha256:\"".len() + 64);
    }

    #[test]
    fn no_object_of_a_chain_can_change_without_its_last_link(
        hashes in proptest::collection::vec(any::<u8>(), 1..6),
        at in any::<prop::sample::Index>(),
    ) {
        let objects = |hashes: &[u8]| -> Vec<Stored> {
            let named = hashes.iter().enumerate();
            named.map(|(index, byte)| stored(&format!("object-{index}"), *byte)).collect()
        };
        let whole = manifest(objects(&hashes));
        let at = at.index(hashes.len());
        let mut changed = objects(&hashes);
        changed[at].sha256[0] ^= 1;
        let mut renamed = objects(&hashes);
        renamed[at].key.push('x');
        let mut shorter = objects(&hashes);
        shorter.remove(at);

        for other in [changed, renamed, shorter] {
            prop_assert_ne!(&manifest(other).chain, &whole.chain);
        }
    }
}

#[test]
fn a_chain_can_be_checked_with_nothing_but_the_manifest() {
    let whole = manifest(vec![stored("a", 1), stored("b", 2)]);
    let bytes = |hex: &str| -> Vec<u8> {
        (0..64)
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"))
            .collect()
    };

    let mut link: Vec<u8> = Sha256::digest("inc-1").to_vec();
    for object in &whole.objects {
        assert_eq!(bytes(&object.previous), link);
        let hashed = [&link[..], &bytes(&object.sha256), object.key.as_bytes()].concat();
        link = Sha256::digest(hashed).to_vec();
        assert_eq!(bytes(&object.chain), link);
    }
    assert_eq!(bytes(&whole.chain), link);
}

#[test]
fn documents_are_read_as_they_were_written() {
    let mut snapshot = Snapshot::new(&request(), "2026-11-21T00:00:00Z".to_owned());
    snapshot.tags.insert("team".to_owned(), "a \"quoted\" one".to_owned());
    let read: Snapshot = serde_json::from_str(&text(&snapshot)).expect("a snapshot");
    assert_eq!(read, snapshot);

    let whole = manifest(vec![stored("a", 1)]);
    assert_eq!(serde_json::from_str::<Manifest>(&text(&whole)).expect("a manifest"), whole);
}

#[test]
fn layers_of_the_same_name_have_keys_of_their_own() {
    let key = |number, account| {
        layer_key("inc-1", number, &format!("arn:aws:lambda:eu-west-1:{account}:layer:tools:3"))
    };

    assert_eq!(key(1, "111122223333"), "incidents/inc-1/layers/1-tools-3.zip");
    assert_ne!(key(1, "111122223333"), key(2, "999988887777"));
}

#[test]
fn a_request_is_what_the_responder_writes() {
    let body = text(&request());
    let event = serde_json::json!({ "Records": [{ "messageId": "m", "body": body }] });

    assert_eq!(body, format!(r#"{{"incident":"inc-0123456789abcdef","function":"{FUNCTION}"}}"#));
    assert_eq!(EvidenceRequest::parse_delivery(&event.to_string()), Ok(vec![request()]));
}

#[test]
fn an_incident_that_could_be_a_path_is_refused() {
    for incident in ["", "inc-", "inc-../../x", "inc-a/b", "hold#x", "inc-é", "INC-1"] {
        let function = FunctionArn::parse(FUNCTION).expect("an ARN");
        assert_eq!(EvidenceRequest::new(incident, function), Err(RequestError::Incident));
    }
}

#[test]
fn what_is_no_request_is_named_and_not_repeated() {
    for body in
        [r#"{"secret":"hunter2"}"#, r#""hunter2""#, r#"{"incident":"hunter2","function":1}"#]
    {
        let event = serde_json::json!({ "Records": [{ "body": body }] });
        let error = EvidenceRequest::parse_delivery(&event.to_string()).expect_err("not a request");

        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
