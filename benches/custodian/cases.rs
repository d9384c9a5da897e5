//! The resource policies that are put before both, and what each makes of them. Refuses what is a
//! matter of taste: what is right stands on a page of AWS. Unless it says otherwise, account
//! 222233334444 and organization o-a1b2c3d4e5 are trusted by both.

use crate::{
    both,
    case::{
        Case,
        Done::{self, Failed, Left, Logged, Narrowed, Removed, Told},
        Grant::{self, Added, AddedToVersion, Refused, Url, Written},
    },
    contender::Trust,
    table::Table,
};

/// Strangers come in: it may not stay.
const OPEN: &[Done] = &[Removed, Narrowed];
/// Nobody comes in who is not meant to: what it is for would stop.
const CLOSED: &[Done] = &[Left];
/// Strangers come in beside what it is for, which has to go on.
const BOTH: &[Done] = &[Narrowed];
/// Nobody comes in at all.
const DEAD: &[Done] = &[Left, Removed];
/// Somebody has to hear of it.
const HEARD: &[Done] = &[Failed];

const GUIDE: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html";
const URLS: &str = "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";
const BUCKETS: &str = "https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html";
const RETRIES: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html";
macro_rules! iam {
    ($page:literal) => {
        concat!("https://docs.aws.amazon.com/IAM/latest/UserGuide/", $page, ".html")
    };
}
const KEYS: &str = iam!("reference_policies_condition-keys");
const OPERATORS: &str = iam!("reference_policies_elements_condition_operators");
const SETS: &str = iam!("reference_policies_condition-single-vs-multi-valued-context-keys");
const SEVERAL: &str = iam!("reference_policies_condition-logic-multiple-context-keys-or-values");
const LOGIC: &str = iam!("reference_policies_evaluation-logic");
const DEPUTY: &str = iam!("confused-deputy");
const IDS: &str = iam!("reference_identifiers");
const PRINCIPAL: &str = iam!("reference_policies_elements_principal");
const NOT_PRINCIPAL: &str = iam!("reference_policies_elements_notprincipal");
const SID: &str = iam!("reference_policies_elements_sid");

const ALL: &str = r#""*""#;
const S3: &str = r#"{"Service":"s3.amazonaws.com"}"#;
const SNS: &str = r#"{"Service":"sns.amazonaws.com"}"#;

const fn case(
    name: &'static str,
    grant: Grant,
    right: &'static [Done],
    [cordon, custodian]: [Done; 2],
    page: &'static str,
) -> Case {
    Case { name, trust: Trust::Partners, grant, right, cordon, custodian, page }
}

const CASES: &[Case] = &[
    case("everybody", Added(ALL, "{}"), OPEN, [Removed, Removed], GUIDE),
    case(
        "another account",
        Added(r#"{"AWS":"arn:aws:iam::999988887777:root"}"#, "{}"),
        OPEN,
        [Removed, Removed],
        GUIDE,
    ),
    case(
        "a trusted account",
        Added(r#"{"AWS":"arn:aws:iam::222233334444:root"}"#, "{}"),
        CLOSED,
        [Left, Left],
        GUIDE,
    ),
    case(
        "everybody, `aws:SourceAccount` of the own account",
        Added(ALL, r#"{"StringEquals":{"AWS:SourceAccount":"111122223333"}}"#),
        CLOSED,
        [Left, Left],
        KEYS,
    ),
    case(
        "everybody, `aws:SourceAccount` of another account",
        Added(ALL, r#"{"StringEquals":{"AWS:SourceAccount":"999988887777"}}"#),
        OPEN,
        [Removed, Removed],
        KEYS,
    ),
    case(
        "everybody, `aws:PrincipalOrgID` of the trusted organization",
        Added(ALL, r#"{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}"#),
        CLOSED,
        [Left, Left],
        KEYS,
    ),
    case(
        "everybody, `aws:PrincipalOrgID` of another organization",
        Added(ALL, r#"{"StringEquals":{"aws:PrincipalOrgID":"o-zzzzzzzzzz"}}"#),
        OPEN,
        [Removed, Removed],
        KEYS,
    ),
    case(
        "everybody, `StringEqualsIfExists` `aws:PrincipalOrgID` of the trusted organization",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
            "Resource":"$ARN",
            "Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}"#,
        ),
        OPEN,
        [Removed, Removed],
        OPERATORS,
    ),
    case(
        "everybody, `StringLike` `aws:PrincipalOrgID` `*`",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
            "Resource":"$ARN","Condition":{"StringLike":{"aws:PrincipalOrgID":"*"}}}"#,
        ),
        OPEN,
        [Removed, Removed],
        OPERATORS,
    ),
    case(
        "everybody, `StringLike` `aws:userid` `*`",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
            "Resource":"$ARN","Condition":{"StringLike":{"aws:userid":"*"}}}"#,
        ),
        OPEN,
        [Removed, Left],
        OPERATORS,
    ),
    case(
        "everybody, `StringLike` `aws:PrincipalArn` whose wildcards take in the account",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
            "Resource":"$ARN",
            "Condition":{"StringLike":{"aws:PrincipalArn":"arn:aws:*:*:111122223333:*"}}}"#,
        ),
        OPEN,
        [Told, Left],
        OPERATORS,
    ),
    case(
        "everybody, `ArnLike` `aws:PrincipalArn` of roles of the own account",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
            "Resource":"$ARN",
            "Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}}"#,
        ),
        CLOSED,
        [Left, Left],
        KEYS,
    ),
    case(
        "everybody, `ForAnyValue:StringLike` `aws:PrincipalOrgPaths` of the trusted organization",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
            "Resource":"$ARN","Condition":{"ForAnyValue:StringLike":
            {"aws:PrincipalOrgPaths":"o-a1b2c3d4e5/r-ab12/ou-ab12-cdef3456/*"}}}"#,
        ),
        CLOSED,
        [Left, Left],
        SETS,
    ),
    case(
        "everybody, `ForAllValues:StringLike` of the same",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
            "Resource":"$ARN","Condition":{"ForAllValues:StringLike":
            {"aws:PrincipalOrgPaths":"o-a1b2c3d4e5/r-ab12/ou-ab12-cdef3456/*"}}}"#,
        ),
        OPEN,
        [Removed, Left],
        SETS,
    ),
    case(
        "everybody, `aws:SourceIp` 0.0.0.0/0",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
            "Resource":"$ARN","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}"#,
        ),
        OPEN,
        [Removed, Left],
        KEYS,
    ),
    case(
        "everybody, but not from one network (`NotIpAddress`)",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
            "Resource":"$ARN","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}"#,
        ),
        OPEN,
        [Removed, Left],
        OPERATORS,
    ),
    case(
        "everybody, `StringLike` `aws:SourceVpc` `*`",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
            "Resource":"$ARN","Condition":{"StringLike":{"aws:SourceVpc":"*"}}}"#,
        ),
        OPEN,
        [Removed, Left],
        KEYS,
    ),
    case(
        "everybody, the trusted organization and a tag",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
            "Resource":"$ARN","Condition":{"StringEquals":
            {"aws:PrincipalTag/team":"blue","aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}"#,
        ),
        CLOSED,
        [Left, Removed],
        SEVERAL,
    ),
    case(
        "everybody, `aws:SourceOrgID` of the trusted organization",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
            "Resource":"$ARN","Condition":{"StringEquals":{"aws:SourceOrgID":"o-a1b2c3d4e5"}}}"#,
        ),
        CLOSED,
        [Left, Removed],
        KEYS,
    ),
    case(
        "everybody, and a Deny of whoever is not in the trusted organization",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
            "Resource":"$ARN"},
            {"Sid":"b","Effect":"Deny","Principal":"*","Action":"lambda:*","Resource":"$ARN",
            "Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}"#,
        ),
        CLOSED,
        [Left, Removed],
        LOGIC,
    ),
    case(
        "the own account and another one in one statement",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":{"AWS":
            ["arn:aws:iam::111122223333:root","arn:aws:iam::999988887777:root"]},
            "Action":"lambda:InvokeFunction","Resource":"$ARN"}"#,
        ),
        BOTH,
        [Narrowed, Removed],
        PRINCIPAL,
    ),
    case(
        "everybody but one (`NotPrincipal`)",
        Written(
            r#"{"Sid":"a","Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::999988887777:root"},
            "Action":"lambda:InvokeFunction","Resource":"$ARN"}"#,
        ),
        OPEN,
        [Removed, Removed],
        NOT_PRINCIPAL,
    ),
    case(
        "everybody, in a statement without a Sid",
        Written(
            r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
            "Resource":"$ARN"}"#,
        ),
        OPEN,
        [Removed, Logged],
        SID,
    ),
    case(
        "a deleted role, by its unique id",
        Written(
            r#"{"Sid":"a","Effect":"Allow","Principal":{"AWS":"AROACKCEVSQ6C2EXAMPLE"},
            "Action":"lambda:InvokeFunction","Resource":"$ARN"}"#,
        ),
        DEAD,
        [Left, Removed],
        IDS,
    ),
    case("everybody, on a version", AddedToVersion(ALL, "{}"), OPEN, [Removed, Left], GUIDE),
    case("S3, unscoped", Added(S3, "{}"), BOTH, [Told, Left], BUCKETS),
    Case {
        trust: Trust::Nobody,
        ..case(
            "the same, where nobody outside is trusted",
            Added(S3, "{}"),
            BOTH,
            [Narrowed, Left],
            BUCKETS,
        )
    },
    case(
        "SNS, `aws:SourceArn` of any account",
        Added(SNS, r#"{"ArnLike":{"AWS:SourceArn":"arn:aws:sns:*:*:*"}}"#),
        BOTH,
        [Told, Left],
        DEPUTY,
    ),
    case(
        "SNS, `aws:SourceArn` of a topic of the own account",
        Added(SNS, r#"{"ArnLike":{"AWS:SourceArn":"arn:aws:sns:$REGION:111122223333:orders"}}"#),
        CLOSED,
        [Left, Left],
        DEPUTY,
    ),
    case(
        "a public function URL (`FunctionUrlAuthType` `NONE`)",
        Url,
        OPEN,
        [Removed, Removed],
        URLS,
    ),
    case("everybody, and the way back is refused", Refused, HEARD, [Failed, Logged], RETRIES),
];

/// Runs them and prints them as Markdown; the cases that came out otherwise than they say.
pub async fn print() -> Vec<String> {
    let contenders = both().await;
    let columns = ["statement", "Cordon", "Cloud Custodian", "page"];
    let mut table = Table::new("What each makes of the same statements", &columns);
    let (mut wrong, mut counts) = (Vec::new(), [0, 0]);
    for (number, case) in CASES.iter().enumerate() {
        let mut cells = vec![case.name.to_owned()];
        for (at, (contender, want)) in
            contenders.iter().zip([case.cordon, case.custodian]).enumerate()
        {
            let done = case.run(number, contender).await;
            if done != want {
                wrong.push(format!("{}: {} {done:?}, not {want:?}", case.name, contender.name()));
            }
            let right = case.right.contains(&done);
            counts[at] += usize::from(right);
            cells.push(if right { done.text().to_owned() } else { format!("**{}**", done.text()) });
        }
        cells.push(case.page.to_owned());
        table.row(cells);
    }
    table.print(true);
    let all = CASES.len();
    println!("\nRight: Cordon {} of {all}, Cloud Custodian {} of {all}.", counts[0], counts[1]);
    wrong
}
