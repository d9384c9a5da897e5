//! The forms of names as the control policy's JSON Schema has them, for editors and for the command
//! line. A pattern lets through what the parser of the type accepts, which a test holds.
//! Keywords: <https://json-schema.org/draft-07/json-schema-validation>; `patternErrorMessage` is what
//! the YAML language server shows, and `x-mend` what the command line adds.

use super::{AccountId, ORGANIZATION, PrincipalPattern};

/// Gives a type the schema of a text: its name, what is expected, such as `a day such as ...`, the
/// pattern, examples, and the order that mends another text.
macro_rules! text_form {
    ($type:ty, $name:literal, $expected:expr, $pattern:literal, $examples:tt, $mend:literal) => {
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": $pattern,
                    "patternErrorMessage": format!("expected {}", $expected),
                    "examples": $examples,
                    "x-mend": $mend,
                })
            }
        }
    };
}
pub(crate) use text_form;

text_form!(
    AccountId,
    "AccountId",
    "a twelve-digit account id such as `111122223333`",
    "^[0-9]{12}$",
    ["111122223333"],
    "write all twelve digits, in quotes"
);

/// An organization or a part of one.
pub struct Organization;

// The path's form: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed-view-data-orgs.html
text_form!(
    Organization,
    "Organization",
    ORGANIZATION,
    "^o-[a-z0-9]{10,32}(/\\*|(/(r|ou)-[a-z0-9-]*)+/\\*?)?$",
    ["o-a1b2c3d4e5"],
    "write the organization's id, and for a part of it the path from its root, ending in `/*`"
);

/// A service principal.
pub struct Service;

// Alexa's principals end otherwise: https://docs.aws.amazon.com/lambda/latest/dg/services-alexa.html
text_form!(
    Service,
    "Service",
    "a service principal such as `sns.amazonaws.com`",
    "^(alexa-(appkit|connectedhome)\\.amazon\\.com|[a-z0-9-]+(\\.[a-z0-9-]+)*\\.amazonaws\\.com(\\.cn)?)$",
    ["sns.amazonaws.com"],
    "write the whole principal, without wildcards"
);

/// A key of AWS KMS.
pub struct Key;

// An alias would name another key tomorrow: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN
text_form!(
    Key,
    "Key",
    "the ARN of a KMS key such as `arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`",
    "^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$",
    ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    "write the ARN of the key itself, not of an alias"
);

text_form!(
    PrincipalPattern,
    "PrincipalPattern",
    "the ARN of a role or user such as `arn:aws:iam::111122223333:role/deploy-*`",
    "^arn:[^\\s]*:(role|user)/[^\\s]*$",
    ["arn:aws:iam::111122223333:role/deploy-*"],
    "write the whole ARN of the role, not of its sessions, with `*` for any characters"
);
