//! Tests of secrets. Every secret here is put together while the test runs, from the documented form,
//! so that nobody takes this file for a leak.

use super::{
    forms::{Alphabet, FORMS},
    *,
};
use proptest::prelude::*;

/// Text that looks random, of an alphabet, always the same.
fn random(alphabet: &str, length: usize) -> String {
    let letters: Vec<char> = alphabet.chars().collect();
    let mut state = 0x9e37_79b9_u64;
    let mut letter = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        letters[(state >> 33) as usize % letters.len()]
    };
    (0..length).map(|_| letter()).collect()
}

const HEX: &str = "0123456789abcdef";
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn letters_of(alphabet: Alphabet) -> &'static str {
    match alphabet {
        Alphabet::Capitals => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        Alphabet::Hexadecimal => HEX,
        Alphabet::Letters | Alphabet::Word | Alphabet::Dashed | Alphabet::Dotted => LETTERS,
    }
}

fn words(name: &str, value: &str) -> Option<&'static str> {
    suspect(name, value).map(Suspicion::words)
}

#[test]
fn every_documented_form_is_known_wherever_it_stands() {
    for form in FORMS {
        for prefix in form.prefixes {
            let token =
                format!("{prefix}{}", random(letters_of(form.alphabet), *form.lengths.start()));
            for value in [
                token.clone(),
                format!("Bearer {token}"),
                format!("  {token}\n"),
                format!("{{\"key\":\"{token}\"}}"),
                format!("https://service.test/?key={token}"),
            ] {
                assert_eq!(words("SETTING", &value), Some(form.suspicion.words()), "{prefix}");
            }
        }
        assert!(form.suspicion.source().starts_with("https://"));
    }
}

#[test]
fn what_is_shorter_or_of_other_letters_is_not_of_the_form() {
    for form in FORMS {
        for prefix in form.prefixes {
            let short = random(letters_of(form.alphabet), *form.lengths.start() - 1);
            assert_eq!(words("SETTING", &format!("{prefix}{short}")), None, "{prefix}");
            let other = "%".repeat(*form.lengths.start());
            assert_eq!(words("SETTING", &format!("{prefix}{other}")), None, "{prefix}");
            assert_eq!(words("SETTING", prefix), None, "{prefix}");
        }
    }
}

#[test]
fn a_private_key_is_one_bare_and_in_base64_and_a_certificate_is_none() {
    let pem = |label: &str| format!("-----BEGIN {label}-----\\nMII{}\\n", random(LETTERS, 200));
    for label in [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
    ] {
        assert_eq!(words("SETTING", &pem(label)), Some("private key"), "{label}");
        assert_eq!(words("SETTING", &format!("{{\"a\":\"{}\"}}", pem(label))), Some("private key"));
        assert_eq!(words("SETTING", &base64(&pem(label))), Some("private key"), "{label}");
    }
    let block = format!("-----BEGIN PGP {}-----", "PRIVATE KEY BLOCK");
    assert_eq!(words("SETTING", &block), Some("private key"));
    for label in ["CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE REQUEST"] {
        assert_eq!(words("SETTING", &pem(label)), None, "{label}");
        assert_eq!(words("SETTING", &base64(&pem(label))), None, "{label}");
    }
}

fn base64(text: &str) -> String {
    let letters: Vec<char> =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".chars().collect();
    let group = |bytes: &[u8]| {
        let at = |index: usize| u32::from(bytes.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        (0..4).map(|n| letters[(bits >> (18 - 6 * n) & 63) as usize]).collect::<String>()
    };
    text.as_bytes().chunks(3).map(group).collect()
}

#[test]
fn a_web_token_has_three_parts_and_two_of_them_are_objects() {
    let header = base64(r#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = base64(r#"{"sub":"1234567890","iat":1516239022}"#).replace('=', "");
    let token = format!("{header}.{claims}.{}", random(LETTERS, 43));
    assert_eq!(words("SETTING", &token), Some("JSON Web Token"));
    assert_eq!(words("SETTING", &format!("{header}.{claims}")), None);
    assert_eq!(words("SETTING", &format!("{claims}.orders.{header}")), None);
}

#[test]
fn a_slack_webhook_is_a_secret_though_it_is_an_address() {
    let address = format!("https://hooks.slack.com/{}/T0/B0/{}", "services", random(LETTERS, 24));
    assert_eq!(words("ALERTS", &address), Some("Slack webhook"));
}

#[test]
fn passwords_in_connection_strings_are_found() {
    let password = random(LETTERS, 12);
    let wanted = Some("password in a connection string");
    for value in [
        format!("postgres://orders:{password}@db.test:5432/orders?sslmode=require"),
        format!("mongodb+srv://u:{password}@cluster.example.com/db"),
        format!("redis://:{password}@cache:6379"),
        format!("amqp://a.test amqp://u:{password}@b.test"),
        format!("Server=db;Database=orders;User Id=sa;Password={password};Encrypt=true"),
        format!("Server=db;Uid=sa;PWD={password}"),
        format!("host=db user=orders password={password} dbname=orders"),
        format!("jdbc:postgresql://db.test/orders?user=u&password={password}"),
    ] {
        assert_eq!(words("DATABASE", &value), wanted, "{value}");
    }
    let key = base64(&random(LETTERS, 64));
    let azure = format!("DefaultEndpointsProtocol=https;AccountName=a;{}={key}", "AccountKey");
    assert_eq!(words("STORAGE", &azure), Some("Azure storage account key"));
    let bus = format!("Endpoint=sb://a.servicebus.windows.net/;{}={key}", "SharedAccessKey");
    assert_eq!(words("BUS", &bus), Some("Azure shared access key"));
}

#[test]
fn connection_strings_without_a_password_are_not() {
    for value in [
        "postgres://orders@db.test:5432/orders",
        "postgres://orders:@db.test/orders",
        "https://example.com:8443/a@b",
        "https://example.com/login?user=a:b@c",
        "postgres://orders:${PASSWORD}@db.test/orders",
        "postgres://orders:<password>@db.test/orders",
        "postgres://orders:changeme@db.test/orders",
        "Server=db;Password={{resolve:secretsmanager:db:SecretString:password}}",
        "Server=db;Integrated Security=true;Password=",
    ] {
        assert_eq!(words("DATABASE", value), None, "{value}");
    }
}

#[test]
fn names_promise_secrets_in_every_way_of_writing() {
    let (hex, mixed) = (random(HEX, 32), random(LETTERS, 24));
    for (name, kind) in [
        ("DB_PASSWORD", "password"),
        ("dbPassword", "password"),
        ("PGPASSWORD", "password"),
        ("SMTP_PASS", "password"),
        ("CLIENT_SECRET", "secret"),
        ("clientSecret2", "secret"),
        ("WEBHOOK_SECRET_CURRENT", "secret"),
        ("GH_TOKEN", "token"),
        ("authtoken", "token"),
        ("API_KEY", "key"),
        ("APIKey", "key"),
        ("MY_APIKEY", "key"),
        ("SECRET_KEY", "key"),
        ("SIGNING_KEY", "key"),
        ("PRIVATE_KEY_V2", "key"),
        ("DB_CREDENTIALS", "credentials"),
    ] {
        let wanted = format!("high entropy under a name that says {kind}");
        assert_eq!(words(name, &hex), Some(&*wanted), "{name}");
        assert_eq!(words(name, &mixed), Some(&*wanted), "{name}");
    }
}

#[test]
fn names_that_go_on_or_promise_nothing_are_left_alone() {
    let hex = random(HEX, 32);
    for name in [
        "SECRET_ARN",
        "SECRET_NAME",
        "SECRET_ID",
        "TOKEN_URL",
        "tokenEndpoint",
        "PASSWORD_PARAMETER",
        "API_KEY_SSM_PATH",
        "PASSWORD_FILE",
        "STRIPE_PUBLISHABLE_API_KEY",
        "PUBLIC_API_KEY",
        "KMS_KEY",
        "PARTITION_KEY",
        "BUILD",
        "COMMIT_SHA",
        "COMPASS",
        "TOKEN_TTL",
        "",
    ] {
        assert_eq!(words(name, &hex), None, "{name}");
    }
}

#[test]
fn an_aws_secret_is_named_where_the_name_says_so() {
    let secret = random(&format!("{LETTERS}/+"), 40);
    assert_eq!(words("AWS_SECRET_ACCESS_KEY", &secret), Some("AWS secret access key"));
    assert_eq!(words("awsSecretKey", &secret), Some("AWS secret access key"));
    assert_eq!(words("OTHER", &secret), None);
}

#[test]
fn references_placeholders_and_plain_values_are_no_secrets() {
    for name in ["DB_PASSWORD", "CLIENT_SECRET", "API_KEY", "ACCESS_TOKEN"] {
        for value in [
            "",
            "true",
            "4096",
            "2026-11-29T10:00:00.000000Z",
            "changeme",
            "CHANGEME12345678",
            "your-api-key-0123456789",
            "<api-key-1234567890>",
            "${API_KEY_1234567890}",
            "xxxxxxxxxxxxxxxx1234",
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "{{resolve:secretsmanager:MySecret:SecretString:password}}",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/db-a1B2c3",
            "arn:aws-cn:ssm:cn-north-1:111122223333:parameter/orders/db",
            "https://auth.example.com/oauth2/token?version=12",
            "/prod/orders/db1/password",
            "prod/orders/db/password",
            "/Prod1/ordersDB99/aB3xK9mQ2vL8",
            "./Prod1/ordersDB99/aB3xK9mQ2vL8",
            "s3://secrets-1234567890/orders.json",
            "./config/secret-12345.json",
            "C:\\secrets\\orders12345.json",
            "the token of the orders service 12",
        ] {
            assert_eq!(words(name, value), None, "{name} {value}");
        }
    }
    let encrypted = format!("AQICAH{}", random(LETTERS, 200));
    assert_eq!(words("DB_PASSWORD", &encrypted), None);
}

#[test]
fn a_password_people_choose_is_one_and_a_name_of_a_secret_is_none() {
    for value in ["Summer-2026", "hunter2hunter", "tr0ub4dor&3", "correct-horse-battery"] {
        assert!(words("DB_PASSWORD", value).is_some(), "{value}");
    }
    for value in ["orders-db-credentials", "orders_db_v2_secret_name", "my.secret.name.2026"] {
        assert_eq!(words("DB_SECRET", value), None, "{value}");
    }
}

/// Whatever may be inside it lives as long as the program: nothing of a value does.
#[test]
fn a_suspicion_is_made_of_fixed_texts() {
    fn fixed<T: Copy + Send + Sync + 'static>(_: T) {}
    let secret = format!("ghp_{}", random(LETTERS, 36));
    let suspicion = suspect("GH", &secret).unwrap();
    fixed(suspicion);
    let Suspicion { words, source } = suspicion;
    let (_, _): (&'static str, &'static str) = (words, source);
    for shown in [format!("{suspicion:?}"), suspicion.to_string()] {
        assert!(shown.contains("GitHub token") && !shown.contains(&secret[4..8]), "{shown}");
    }
}

#[test]
fn most_random_values_are_caught() {
    let pool = random(HEX, 16 * 1000);
    let caught = (0..1000).filter(|n| words("TOKEN", &pool[n * 16..n * 16 + 16]).is_some()).count();
    assert!(caught > 950, "{caught}");
}

fn reference() -> impl Strategy<Value = String> {
    let word = "[a-z]{2,10}";
    let path = proptest::collection::vec(word, 1..6);
    prop_oneof![
        (word, "[0-9]{12}", "[A-Za-z0-9/_+.@-]{1,60}").prop_map(
            |(service, account, rest)| format!("arn:aws:{service}:eu-west-1:{account}:{rest}")
        ),
        "[A-Za-z0-9:/_.-]{1,60}".prop_map(|key| format!("{{{{resolve:ssm:{key}}}}}")),
        path.clone().prop_map(|parts| format!("/{}", parts.join("/"))),
        path.clone().prop_map(|parts| format!(
            "https://{}.test/{}",
            parts.join("."),
            parts.join("/")
        )),
        (word, path).prop_map(|(first, parts)| format!("{first}/{}", parts.join("/"))),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| number.to_string()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        "[A-Z_]{1,20}".prop_map(|name| format!("${{{name}}}")),
    ]
}

fn names() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "DB_PASSWORD",
        "CLIENT_SECRET",
        "API_KEY",
        "ACCESS_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "PRIVATE_KEY",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_reference_is_never_suspected(name in names(), value in reference()) {
        prop_assert_eq!(suspect(name, &value), None, "{}", value);
    }

    #[test]
    fn no_value_makes_it_panic(name in ".{0,200}", value in any::<String>()) {
        let _ = suspect(&name, &value);
    }

    #[test]
    fn no_long_value_makes_it_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..4096), name in names(),
    ) {
        let _ = suspect(name, &String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn what_is_said_never_holds_a_part_of_the_value(name in names(), value in "[A-Za-z0-9+/]{40}") {
        if let Some(suspicion) = suspect(name, &value) {
            let said = format!("{suspicion:?} {suspicion}");
            let shown = |part: &[u8]| said.contains(std::str::from_utf8(part).unwrap());
            prop_assert!(!value.as_bytes().windows(8).any(shown));
        }
    }
}
