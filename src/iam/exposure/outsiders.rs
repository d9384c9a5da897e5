//! Requests that people and services outside the trusted set can really make, in every way there
//! is, and what fits together in one request; written from the documentation, not from the code.
//! Refuses keys of which AWS does not say what they hold: each value they could have is tried.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::{ARN, FOREIGN, OWN};
use crate::iam::{Caller, Context, Request, Witness};

const STRANGER: &str = "999900001111";
const INVOKE: &str = "lambda:InvokeFunction";
const URL: &str = "lambda:InvokeFunctionUrl";

/// Accounts with their organizations and a path in them; of the last, another unit is trusted.
const ACCOUNTS: [(&str, Option<(&str, &str)>); 5] = [
    (FOREIGN, None),
    (FOREIGN, Some(("o-foreign123", "o-foreign123/r-ab12/ou-ab12-1/"))),
    (STRANGER, None),
    (STRANGER, Some(("o-stranger12", "o-stranger12/r-zz99/"))),
    (STRANGER, Some(("o-partly1234", "o-partly1234/r-ab12/ou-ab12-2/"))),
];

type Entries = Vec<(&'static str, String)>;

fn request(caller: Caller, action: &str, entries: &Entries) -> Request {
    let mut context = Context::default();
    for (key, value) in entries {
        context.insert(key, [value.as_str()]);
    }
    Request { caller, action: action.to_owned(), resource: ARN.to_owned(), context }
}

/// Whatever every request holds, now and years later.
fn always() -> [Entries; 2] {
    [("2026-11-21T12:00:00Z", "1795262400"), ("2031-05-05T05:05:05Z", "1935723905")].map(
        |(time, epoch)| {
            let all = [
                ("aws:CurrentTime", time),
                ("aws:EpochTime", epoch),
                ("aws:SecureTransport", "true"),
                ("aws:UserAgent", "curl"),
            ];
            all.map(|(key, value)| (key, value.to_owned())).into()
        },
    )
}

/// How somebody with keys reaches Lambda; the owner of an endpoint may be somebody else.
fn ways(account: &str) -> Vec<Entries> {
    let endpoint = |owner: &str| {
        vec![
            ("aws:SourceVpc", "vpc-0a1b2c3d".to_owned()),
            ("aws:SourceVpce", "vpce-0a1b2c3d".to_owned()),
            ("aws:VpcSourceIp", "10.0.0.9".to_owned()),
            ("aws:VpceAccount", owner.to_owned()),
            ("aws:SourceVpcArn", format!("arn:aws:ec2:eu-west-1:{owner}:vpc/vpc-0a1b2c3d")),
            ("aws:ViaAWSService", "false".to_owned()),
        ]
    };
    let forwarded = [
        ("aws:ViaAWSService", "true"),
        ("aws:CalledVia", "cloudformation.amazonaws.com"),
        ("aws:CalledViaFirst", "cloudformation.amazonaws.com"),
        ("aws:CalledViaLast", "cloudformation.amazonaws.com"),
    ];
    let direct = [("aws:SourceIp", "5.9.10.11"), ("aws:ViaAWSService", "false")];
    let text = |entries: &[(&'static str, &str)]| {
        entries.iter().map(|(key, value)| (*key, (*value).to_owned())).collect::<Entries>()
    };
    vec![text(&direct), endpoint(account), endpoint(OWN), text(&forwarded)]
}

/// Users, roles, root users and federated users, with what comes with their keys.
fn signed(account: &str, always: &Entries) -> Vec<(String, Entries)> {
    let now = always[0].1.as_str();
    let tag = |value: &str| ("aws:PrincipalTag/x", value.to_owned());
    let token = || ("aws:TokenIssueTime", now.to_owned());
    let factor = |shown: &str| ("aws:MultiFactorAuthPresent", shown.to_owned());
    let age = || ("aws:MultiFactorAuthAge", "60".to_owned());
    let id = |id: &str| ("aws:userid", id.to_owned());
    let role = |name: &str| format!("arn:aws:iam::{account}:role/{name}");
    vec![
        (role("caller"), vec![id("AROAXYZ:s"), token(), factor("false")]),
        (role("admin"), vec![id("AROAXYZ:admin"), token(), factor("true"), age(), tag("blue")]),
        (
            role(&format!(":{OWN}:role/admin")),
            vec![id("AROAXYZ:s"), token(), ("aws:SourceIdentity", "diego".to_owned()), tag("")],
        ),
        (format!("arn:aws:iam::{account}:user/admin"), vec![id("AIDAXYZ"), tag("true")]),
        (
            format!("arn:aws:iam::{account}:user/u"),
            vec![id("AIDAXYZ"), token(), factor("true"), age()],
        ),
        (format!("arn:aws:iam::{account}:root"), vec![]),
        (format!("arn:aws:sts::{account}:federated-user/u"), vec![token()]),
    ]
}

fn people(requests: &mut Vec<Request>) {
    // Years later one way of coming is enough.
    for (always, most) in always().into_iter().zip([usize::MAX, 1]) {
        for (account, organization) in ACCOUNTS {
            for way in ways(account).into_iter().take(most) {
                for (arn, own) in signed(account, &always) {
                    let mut entries = [always.clone(), way.clone(), own].concat();
                    if let Some((id, path)) = organization {
                        entries.push(("aws:PrincipalOrgID", id.to_owned()));
                        entries.push(("aws:PrincipalOrgPaths", path.to_owned()));
                    }
                    let caller = || Caller::Principal { arn: arn.clone(), session: None };
                    for action in [INVOKE, "lambda:GetFunction"] {
                        requests.push(request(caller(), action, &entries));
                    }
                    entries.push(("lambda:FunctionUrlAuthType", "AWS_IAM".to_owned()));
                    requests.push(request(caller(), URL, &entries));
                }
            }
        }
        let mut entries = always;
        for (key, value) in [("aws:SourceIp", "5.9.10.11"), ("aws:ViaAWSService", "false")] {
            entries.push((key, value.to_owned()));
        }
        entries.push(("lambda:InvokedViaFunctionUrl", "true".to_owned()));
        requests.push(request(Caller::Anonymous, INVOKE, &entries));
        entries.push(("lambda:FunctionUrlAuthType", "NONE".to_owned()));
        requests.push(request(Caller::Anonymous, URL, &entries));
    }
}

const SERVICES: [(&str, &str); 4] = [
    ("s3.amazonaws.com", "arn:aws:s3:::strange-bucket"),
    ("sns.amazonaws.com", "arn:aws:sns:eu-west-1:$:topic"),
    ("events.amazonaws.com", "arn:aws:events:eu-west-1:$:rule/rule"),
    ("logs.eu-west-1.amazonaws.com", "arn:aws:logs:eu-west-1:$:log-group:g:*"),
];

/// Services for somebody's account, which they may tell or not; whose they are themselves is not
/// documented.
fn services(requests: &mut Vec<Request>) {
    let [now, _] = always();
    for (account, organization) in ACCOUNTS {
        for (service, arn) in SERVICES {
            for itself in [account, "000000000001", FOREIGN] {
                for told in 0..4_u8 {
                    let mut entries = now.clone();
                    entries.push(("aws:PrincipalAccount", itself.to_owned()));
                    if told & 1 > 0 {
                        entries.push(("aws:SourceAccount", account.to_owned()));
                    }
                    if told & 2 > 0 {
                        entries.push(("aws:SourceArn", arn.replace('$', account)));
                        if let Some((id, path)) = organization {
                            entries.push(("aws:SourceOrgID", id.to_owned()));
                            entries.push(("aws:SourceOrgPaths", path.to_owned()));
                        }
                    }
                    let caller = Caller::Service(service.to_owned());
                    requests.push(request(caller, INVOKE, &entries));
                }
            }
        }
    }
}

/// Requests from outside the own account and the trusted set.
pub fn requests() -> Vec<Request> {
    let mut requests = Vec::new();
    people(&mut requests);
    services(&mut requests);
    requests
}

/// What in a witness contradicts itself.
pub fn contradiction(witness: &Witness) -> Option<&'static str> {
    let held = |key: &str| {
        witness.context.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, v)| v.as_str())
    };
    let absent = |keys: &[&str]| keys.iter().all(|key| held(key).is_none());
    let arn = held("aws:PrincipalArn").unwrap_or_default();
    let account = arn.split(':').nth(4);
    let kind = arn.splitn(6, ':').nth(5).and_then(|r| r.split('/').next()).unwrap_or_default();
    let expected = match kind {
        "role" => Some("AssumedRole"),
        "user" => Some("User"),
        "root" => Some("Account"),
        _ => None,
    };
    let checks = [
        (held("aws:PrincipalType").is_none_or(|t| arn.is_empty() || Some(t) == expected), "type"),
        (
            arn.is_empty() || held("aws:PrincipalAccount").is_none_or(|id| Some(id) == account),
            "account",
        ),
        (held("aws:username").is_none_or(|n| kind == "user" && arn.ends_with(n)), "name"),
        (
            held("aws:userid").is_none_or(|id| match kind {
                "role" => id.starts_with("AROA") && id.contains(':'),
                "user" => id.starts_with("AIDA") && !id.contains(':'),
                _ => Some(id) == account,
            }),
            "id",
        ),
        (kind == "role" || held("aws:SourceIdentity").is_none(), "source identity"),
        (
            held("aws:SourceIp").is_none()
                || absent(&[
                    "aws:SourceVpc",
                    "aws:SourceVpce",
                    "aws:VpcSourceIp",
                    "aws:VpceAccount",
                ]),
            "network",
        ),
        (
            arn.is_empty() || absent(&["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID"]),
            "a person's source",
        ),
        (
            held("aws:MultiFactorAuthAge").is_none()
                || held("aws:MultiFactorAuthPresent").is_none_or(|shown| shown == "true"),
            "factor",
        ),
        (
            held("aws:CalledVia").is_none()
                || held("aws:ViaAWSService").is_none_or(|via| via == "true"),
            "via",
        ),
        (
            held("aws:TokenIssueTime").zip(held("aws:CurrentTime")).is_none_or(|(a, b)| a == b),
            "time",
        ),
        (
            held("aws:SourceAccount").is_none_or(|id| {
                let source = held("aws:SourceArn").and_then(|arn| arn.split(':').nth(4));
                source.is_none_or(|source| source.is_empty() || source == id)
            }),
            "source",
        ),
    ];
    checks.into_iter().find(|(fits, _)| !fits).map(|(_, what)| what)
}
