//! The forms of the control policy's own texts, for its JSON Schema; see `resource::form`.

use super::{
    ArnPattern, Concurrency, Hours, OrganizationalUnit, Pattern, Pointer, Window,
    event_pattern::EventPattern,
    limits::{Count, Reserve},
    peers::AddressBlock,
};
use crate::{
    finding::{ControlId, Requirement, RuleId, Score},
    flow::FlowFormat,
    iam::TrustedNetwork,
    resource::form::text_form,
    signature::{LinePattern, SignatureId},
};

text_form!(
    Pattern,
    "Pattern",
    "a name or ARN pattern such as `checkout-*` or \
     `arn:aws:lambda:*:111122223333:function:checkout-*`",
    "^[^\\s]+$",
    ["checkout-*"],
    "write one name or ARN, with `*` for any characters and no spaces"
);

text_form!(
    ArnPattern,
    "ArnPattern",
    "an ARN pattern such as `arn:aws:iam::*:role/deploy-*`",
    "^[^\\s:]*:[^\\s]*$",
    ["arn:aws:iam::*:role/deploy-*"],
    "write the whole ARN, with `*` for any characters and no spaces"
);

text_form!(
    TrustedNetwork,
    "TrustedNetwork",
    "a block of addresses such as `198.51.100.0/24`, or a VPC endpoint such as `vpce-0a1b2c3d`",
    "^(vpce-[0-9a-f]+|[0-9a-fA-F:.]+/[0-9]{1,3})$",
    ["198.51.100.0/24"],
    "write the block's first address, `/` and its length, or the endpoint's id"
);

/// A call that can raise what somebody may do.
pub struct EscalatingCall;

text_form!(
    EscalatingCall,
    "EscalatingCall",
    "a call such as `iam:CreateAccessKey` or `sts:AssumeRole`",
    "^(iam|identitystore|kms|organizations|rolesanywhere|sso|sts):[A-Za-z0-9]+$",
    ["iam:CreateAccessKey"],
    "write the service (`iam`, `identitystore`, `kms`, `organizations`, `rolesanywhere`, `sso`, `sts`), a \
     colon and one call, without wildcards"
);

/// An action of a service, or some.
pub struct ActionPattern;

text_form!(
    ActionPattern,
    "ActionPattern",
    "an action such as `dynamodb:PutItem` or `dynamodb:*`",
    "^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$",
    ["dynamodb:PutItem"],
    "write the service, a colon and an action, with `*` for any characters"
);

/// A day of the calendar.
pub struct Day;

text_form!(
    Day,
    "Day",
    "a day such as `2027-03-31`",
    "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
    ["2027-03-31"],
    "write the year, the month and the day, all in digits, as in `2027-03-31`"
);

/// A person or a team.
pub struct Owner;

text_form!(
    Owner,
    "Owner",
    "a person or a team such as `payments team`",
    "\\S",
    ["payments team"],
    "name who answers for it"
);

/// Why something is so.
pub struct Reason;

text_form!(
    Reason,
    "Reason",
    "a reason such as `the payment provider cannot sign its calls`",
    "\\S",
    ["the payment provider cannot sign its calls"],
    "say why"
);

/// A sentence.
pub struct Sentence;

text_form!(
    Sentence,
    "Sentence",
    "a sentence such as `functions are changed by the pipeline only`",
    "\\S",
    ["functions are changed by the pipeline only"],
    "say in one sentence what is required"
);

text_form!(
    OrganizationalUnit,
    "OrganizationalUnit",
    "an organizational unit's id such as `ou-ab12-cdef3456`",
    "^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$",
    ["ou-ab12-cdef3456"],
    "write the id as AWS Organizations shows it"
);

text_form!(
    Pointer,
    "Pointer",
    "a JSON pointer such as `/detail/requestParameters/functionName`",
    "^/([^~]|~[01])*$",
    ["/detail/requestParameters/functionName"],
    "write the way from the top of the event, with `/` before each field"
);

text_form!(
    RuleId,
    "RuleId",
    "a rule's id such as `no-console-changes`",
    "^[a-z0-9-]{1,64}$",
    ["no-console-changes"],
    "use 1 to 64 lower case letters, digits and hyphens"
);

/// The name of a function.
pub struct FunctionName;

text_form!(
    FunctionName,
    "FunctionName",
    "a function's name such as `checkout`",
    "^[A-Za-z0-9_-]{1,64}$",
    ["checkout"],
    "write the bare name, without wildcards"
);

text_form!(
    SignatureId,
    "SignatureId",
    "a signature's id such as `mining-pool`",
    "^[a-z0-9-]{1,40}$",
    ["mining-pool"],
    "use 1 to 40 lower case letters, digits and hyphens"
);

text_form!(
    LinePattern,
    "LinePattern",
    "a text such as `stratum+tcp://` or `curl http*| sh`",
    "^[^*\\x00-\\x1f].{2,198}[^*\\x00-\\x1f]$",
    ["stratum+tcp://"],
    "write 4 to 200 characters of a line, with `*` within them for any others"
);

text_form!(
    FlowFormat,
    "FlowFormat",
    "the fields of a flow log such as `${interface-id} ${srcaddr} ${dstaddr} ${dstport} ${action}`",
    "^\\$\\{[a-z0-9-]+\\}( \\$\\{[a-z0-9-]+\\})*$",
    [
        "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${action} ${flow-direction}"
    ],
    "write the format as the flow log has it, with `${interface-id}`, `${srcaddr}` and `${dstaddr}` in it"
);

text_form!(
    AddressBlock,
    "AddressBlock",
    "a block of addresses such as `10.0.0.0/16`",
    "^[0-9a-fA-F:.]+/[0-9]{1,3}$",
    ["10.0.0.0/16"],
    "write the block's first address, `/` and its length"
);

/// A service of AWS, as flow logs name it.
pub struct AwsService;

text_form!(
    AwsService,
    "AwsService",
    "a service as flow logs name it, such as `S3` or `DYNAMODB`",
    "^[A-Z0-9_]+$",
    ["S3"],
    "write the name as it stands in `pkt-dst-aws-service`"
);

/// A Region.
pub struct Region;

text_form!(
    Region,
    "Region",
    "a Region such as `eu-west-1`",
    "^([a-z]{2}|eusc)(-[a-z]+)+-[0-9]$",
    ["eu-west-1"],
    "write the Region's name as AWS does"
);

impl schemars::JsonSchema for EventPattern {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EventPattern".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        // The command line reads it as EventBridge does; editors know only that it is a mapping.
        schemars::json_schema!({ "type": "object", "x-form": EVENT_PATTERN })
    }
}

/// What the schema calls an event pattern.
pub const EVENT_PATTERN: &str = "event pattern";

impl schemars::JsonSchema for Requirement {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Requirement".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "anyOf": [
                { "type": "string", "enum": ControlId::ALL.map(ControlId::as_str).as_slice() },
                {
                    "type": "string",
                    "pattern": "^rule\\.[a-z0-9-]{1,64}$",
                    "patternErrorMessage": "expected a rule as `rule.<id>`",
                    "examples": ["rule.no-console-changes"],
                    "x-mend": "write a control's id, or `rule.` and a rule's id",
                },
            ],
            "x-values": "a control, nor a rule as `rule.<id>`",
            "x-listed": "the controls that `cordon controls` lists",
        })
    }
}

text_form!(
    Hours,
    "Hours",
    "hours of a day in UTC, such as `06:00-20:00`",
    "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$",
    ["06:00-20:00"],
    "write two different times with `-` between them; leave it out for the whole day"
);

text_form!(
    Window,
    "Window",
    "minutes or hours from `5m` to `24h`, such as `15m` or `1h`",
    "^([5-9]|[1-9][0-9]{1,3})m$|^([1-9]|1[0-9]|2[0-4])h$",
    ["1h"],
    "write a number and `m` or `h`"
);

/// Gives a type the schema of a number between two others.
macro_rules! number_form {
    ($type:ty, $name:literal, $least:literal, $most:literal) => {
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "integer", "minimum": $least, "maximum": $most })
            }
        }
    };
}

number_form!(Concurrency, "Concurrency", 1, 1_000_000);
number_form!(Count, "Count", 1, 1000);
number_form!(Reserve, "Reserve", 0, 90);

impl schemars::JsonSchema for Score {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Score".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "minimum": 0, "maximum": 10 })
    }
}
