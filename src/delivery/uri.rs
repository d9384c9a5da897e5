//! Where the control policy is delivered, as the deployment writes it. Refuses everything whose resource
//! in IAM is not exactly one: names of AppConfig, wildcards, whole folders.

use std::fmt;

/// Where the control policy is delivered: `ssm:/path`, `appconfig:APPLICATION/ENVIRONMENT/PROFILE`, or
/// `s3://bucket/key`. It lies in the function's account and Region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyUri {
    /// A parameter of Parameter Store, of type `String`: 4 KB, or 8 KB in the advanced tier.
    /// <https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html>
    Parameter(String),
    /// A configuration of AppConfig.
    Configuration(Identifiers),
    /// An object in S3.
    Object {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
    },
}

/// What AppConfig calls a configuration by. Ids, because a role is granted ids and not names.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappconfig.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifiers {
    /// The application's id.
    pub application: String,
    /// The environment's id.
    pub environment: String,
    /// The configuration profile's id.
    pub profile: String,
}

/// An address that cannot be used. Whoever deploys must mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`CORDON_POLICY_URI` is `{given}`: {why}; whoever deploys must mend the parameter `PolicyUri`"
)]
pub struct UriError {
    given: String,
    why: &'static str,
}

/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>
const LONGEST_PARAMETER: usize = 1011;
const DEEPEST_PARAMETER: usize = 15;

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
const LONGEST_KEY: usize = 1024;

impl PolicyUri {
    /// Reads an address.
    ///
    /// # Errors
    /// If it is none of the three kinds, or if it could mean more than one thing.
    pub fn parse(text: &str) -> Result<Self, UriError> {
        let parsed = match text.split_once(':') {
            Some(("ssm", name)) => parameter(name),
            Some(("appconfig", ids)) => configuration(ids),
            Some(("s3", rest)) => object(rest),
            Some(_) | None => Err("it begins with none of `ssm:`, `appconfig:` and `s3://`"),
        };
        parsed.map_err(|why| UriError { given: crate::finding::shown(text, 200), why })
    }

    /// The operation that reads what lies there.
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::Parameter(_) => "GetParameter",
            Self::Configuration(_) => "GetLatestConfiguration",
            Self::Object { .. } => "GetObject",
        }
    }

    /// The IAM actions that reading it needs. The role in `template.yaml` is held against them.
    pub const fn permissions(&self) -> &'static [&'static str] {
        match self {
            Self::Parameter(_) => &["ssm:GetParameter"],
            Self::Configuration(_) => {
                &["appconfig:StartConfigurationSession", "appconfig:GetLatestConfiguration"]
            }
            Self::Object { .. } => &["s3:GetObject"],
        }
    }
}

impl fmt::Display for PolicyUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) => write!(f, "ssm:{name}"),
            Self::Configuration(Identifiers { application, environment, profile }) => {
                write!(f, "appconfig:{application}/{environment}/{profile}")
            }
            Self::Object { bucket, key } => write!(f, "s3://{bucket}/{key}"),
        }
    }
}

fn parameter(name: &str) -> Result<PolicyUri, &'static str> {
    let Some(path) = name.strip_prefix('/') else {
        return Err("the name of a parameter begins with `/` here: `ssm:/path/to/parameter`");
    };
    if name.len() > LONGEST_PARAMETER || path.split('/').count() > DEEPEST_PARAMETER {
        return Err("the name of a parameter has at most 1011 characters and 15 levels");
    }
    if !path.split('/').all(is_plain) {
        return Err("the levels of a parameter's name are letters, digits, `_`, `.` and `-`");
    }
    Ok(PolicyUri::Parameter(name.to_owned()))
}

fn configuration(ids: &str) -> Result<PolicyUri, &'static str> {
    let mut parts = ids.split('/');
    let (Some(application), Some(environment), Some(profile), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err("expected `appconfig:APPLICATION/ENVIRONMENT/PROFILE`");
    };
    if ![application, environment, profile].into_iter().all(is_id) {
        return Err("AppConfig's ids have 4 to 7 lower-case letters and digits; \
                    names do not do, because the role is granted ids");
    }
    let [application, environment, profile] =
        [application, environment, profile].map(str::to_owned);
    Ok(PolicyUri::Configuration(Identifiers { application, environment, profile }))
}

fn object(rest: &str) -> Result<PolicyUri, &'static str> {
    let Some((bucket, key)) = rest.strip_prefix("//").and_then(|rest| rest.split_once('/')) else {
        return Err("expected `s3://bucket/key`");
    };
    if !is_bucket(bucket) {
        return Err("the name of a bucket has 3 to 63 lower-case letters, digits and `-` here; \
                    one with dots cannot be reached over TLS");
    }
    if key.len() > LONGEST_KEY || !key.split('/').all(is_plain) {
        return Err("a key is at most 1024 letters, digits, `_`, `.`, `-` and single `/` here, \
                    and names one object");
    }
    Ok(PolicyUri::Object { bucket: bucket.to_owned(), key: key.to_owned() })
}

/// One level of a path, which no URL encodes, no proxy removes, and IAM takes for nothing but itself.
fn is_plain(level: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    !["", ".", ".."].contains(&level) && level.bytes().all(plain)
}

/// <https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_GetConfigurationProfile.html>
fn is_id(id: &str) -> bool {
    (4..=7).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
fn is_bucket(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| plain(byte) || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_each_kind_is_read_and_written_back() {
        for text in [
            "ssm:/cordon/policy",
            "ssm:/policy",
            "appconfig:abc1234/def5678/ghi9012",
            "s3://cordon-policies/eu/policy.json",
            "s3://bucket/key",
        ] {
            assert_eq!(PolicyUri::parse(text).expect(text).to_string(), text);
        }
    }

    #[test]
    fn what_could_be_anything_else_is_refused_with_who_must_mend_it() {
        for (text, why) in [
            ("policy.json", "none of"),
            ("https://example.com/policy.json", "none of"),
            ("SSM:/policy", "none of"),
            ("ssm:policy", "begins with `/`"),
            ("ssm:arn:aws:ssm:us-east-1:111122223333:parameter/policy", "begins with `/`"),
            ("ssm:/", "levels"),
            ("ssm:/a//b", "levels"),
            ("ssm:/policy:3", "levels"),
            ("ssm:/cordon/*", "levels"),
            ("ssm:/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "15 levels"),
            ("appconfig:abc1234/def5678", "expected"),
            ("appconfig:abc1234/def5678/ghi9012/1", "expected"),
            ("appconfig:cordon/production/policy", "names do not do"),
            ("appconfig:abc1234/def5678/*******", "names do not do"),
            ("s3:bucket/key", "expected"),
            ("s3://bucket", "expected"),
            ("s3://bucket/", "names one object"),
            ("s3://bucket/folder/", "names one object"),
            ("s3://bucket/*", "names one object"),
            ("s3://bucket/a/../b", "names one object"),
            ("s3://bucket/$Latest", "names one object"),
            ("s3://my.bucket/key", "over TLS"),
            ("s3://Bucket/key", "over TLS"),
            ("s3://b/key", "over TLS"),
            ("s3:///key", "over TLS"),
        ] {
            let error = PolicyUri::parse(text).expect_err(text).to_string();
            assert!(error.contains(why), "{error}");
            assert!(error.contains("whoever deploys must mend"), "{error}");
        }
        assert!(PolicyUri::parse(&format!("ssm:/{}", "a".repeat(1011))).is_err());
        assert!(PolicyUri::parse(&format!("s3://bucket/{}", "a".repeat(1025))).is_err());
    }
}
