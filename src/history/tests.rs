//! Calls as CloudTrail writes them, and what is known after them.

mod families;
mod iam;
mod items;
mod properties;
mod unknown;
mod watchers;

use super::{Call, History};
use crate::{
    resource::{AccountId, Arn, FunctionArn, FunctionResource, Home, RoleArn},
    state::{Read, State},
};
use serde_json::value::RawValue;
use time::{OffsetDateTime, macros::datetime};

const NOW: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);

/// A call: the API, what was asked and what was answered.
type Told<'a> = (&'a str, &'a str, &'a str);

fn home() -> Home {
    Home {
        partition: "aws".to_owned(),
        account: AccountId::parse("111122223333").unwrap(),
        region: "eu-west-1".to_owned(),
    }
}

fn function() -> FunctionArn {
    FunctionArn::new(&home(), "f").unwrap()
}

/// The function, or a version or alias of it.
fn resource(qualifier: Option<&str>) -> FunctionResource {
    FunctionResource::parse(&home(), "f", qualifier).unwrap()
}

fn arn(text: &str) -> Arn {
    Arn::parse(text).unwrap()
}

fn role() -> RoleArn {
    RoleArn::parse("arn:aws:iam::111122223333:role/p/r").unwrap()
}

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

impl History {
    fn tell(&mut self, calls: &[Told<'_>]) {
        for (api, asked, answered) in calls {
            self.moment = Default::default();
            let (asked, answered, home) = (raw(asked), raw(answered), home());
            let (asked, answered) = (Some(&*asked), Some(&*answered));
            self.learn(&Call { home: &home, api, at: NOW, asked, answered });
        }
    }

    fn after(calls: &[Told<'_>]) -> Self {
        let mut history = Self::default();
        history.tell(calls);
        history
    }

    /// The answer to one read; none where it is not known, and then nothing of it is.
    fn known(&self, read: Read) -> Option<State> {
        let mut state = self.answer(&home(), &[read.clone()].into(), NOW);
        if state.unread.remove(&read) {
            assert_eq!(state, State::default(), "{read}");
            return None;
        }
        assert!(state.read.remove(&read), "{read}");
        Some(state)
    }
}

/// The function is made.
const MADE: Told<'_> = (
    "lambda:CreateFunction",
    r#"{"functionName":"f","tags":{"team":"a"}}"#,
    r#"{"functionArn":"arn:aws:lambda:eu-west-1:111122223333:function:f","runtime":"python3.13",
        "role":"arn:aws:iam::111122223333:role/p/r","handler":"app.handler","codeSha256":"c1",
        "lastModified":"2026-11-29T11:00:00.000+0000","version":"$LATEST",
        "loggingConfig":{"logGroup":"/aws/lambda/f"}}"#,
);

/// Its configuration was changed.
const CHANGED: Told<'_> = (
    "lambda:UpdateFunctionConfiguration",
    r#"{"functionName":"f"}"#,
    r#"{"functionArn":"arn:aws:lambda:eu-west-1:111122223333:function:f","runtime":"python3.9",
        "role":"arn:aws:iam::111122223333:role/p/r","handler":"app.handler","codeSha256":"c1",
        "kMSKeyArn":"arn:aws:kms:eu-west-1:111122223333:key/k","environment":{},
        "vpcConfig":{"subnetIds":["subnet-1"],"securityGroupIds":["sg-1"],"vpcId":"vpc-1"},
        "deadLetterConfig":{"targetArn":"arn:aws:sqs:eu-west-1:111122223333:d"},
        "layers":[{"arn":"arn:aws:lambda:eu-west-1:111122223333:layer:l:1","codeSize":1}],
        "loggingConfig":{"logFormat":"Text","logGroup":"other"},"version":"$LATEST"}"#,
);

const DELETED: Told<'_> = ("lambda:DeleteFunction", r#"{"functionName":"f"}"#, "null");
