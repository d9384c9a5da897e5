//! What CloudTrail answers about a key: its last fifty uses by management calls, which it knows five minutes
//! after they were made.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>

use super::call::{Sent, What, key_id};
use cordon::{event::Source, state::KeyUse};
use std::collections::{HashMap, VecDeque};

/// After how many seconds a call is found.
const DELAY: i64 = 300;

/// How many uses of all keys of one function are kept.
const MOST: usize = 200;

/// The calls that were made lately.
#[derive(Default)]
pub struct Trail(HashMap<u64, VecDeque<Sent>>);

impl Trail {
    /// Writes a call down.
    pub fn record(&mut self, function: u64, call: &Sent) {
        let is_data = matches!(call.what, What::Object(..));
        if !call.is_of_function() || call.again || is_data {
            return;
        }
        let calls = self.0.entry(function).or_default();
        calls.push_back(*call);
        if calls.len() > MOST {
            calls.pop_front();
        }
    }

    /// The last uses of a key of the function, the newest first.
    pub fn uses(&self, function: u64, key: &str, now: i64) -> Vec<KeyUse> {
        let calls = self.0.get(&function).into_iter().flatten().rev();
        let used = calls.filter(|call| key_id(call.key) == key && call.at + DELAY <= now);
        used.take(50)
            .map(|call| KeyUse {
                endpoint: call.from.endpoint.map(|one| format!("vpce-{one:017x}")),
                source: Source::Address(call.from.address.into()),
                marked: call.agent.is_marked(),
            })
            .collect()
    }
}
