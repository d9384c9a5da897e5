//! Tokens that say themselves what they are: vendors' prefixes, alphabets and lengths, and JSON Web
//! Tokens. Where a vendor documents the prefix but no length, a shortest length keeps words of prose
//! out. Test keys, publishable keys and AWS's own examples are no secrets.

use super::{Suspicion, value::is_placeholder};
use std::ops::RangeInclusive;

/// The form of a vendor's token.
pub(super) struct Form {
    pub suspicion: Suspicion,
    pub prefixes: &'static [&'static str],
    pub alphabet: Alphabet,
    /// How many characters follow the prefix.
    pub lengths: RangeInclusive<usize>,
}

/// What a token is made of behind its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// `A-Z`, `0-9`.
    Capitals,
    /// `0-9`, `a-f`, and the `-` before a number at the end.
    Hexadecimal,
    /// Letters and digits.
    Letters,
    /// Letters, digits, `_`.
    Word,
    /// Letters, digits, `_`, `-`.
    Dashed,
    /// Letters, digits, `_`, `-`, `.`.
    Dotted,
}

impl Alphabet {
    fn holds(self, byte: u8) -> bool {
        match self {
            Self::Capitals => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Hexadecimal => {
                byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte) || byte == b'-'
            }
            Self::Letters => byte.is_ascii_alphanumeric(),
            Self::Word => byte.is_ascii_alphanumeric() || byte == b'_',
            Self::Dashed => byte.is_ascii_alphanumeric() || b"_-".contains(&byte),
            Self::Dotted => byte.is_ascii_alphanumeric() || b"_-.".contains(&byte),
        }
    }
}

const fn form(
    words: &'static str,
    prefixes: &'static [&'static str],
    alphabet: Alphabet,
    lengths: RangeInclusive<usize>,
    source: &'static str,
) -> Form {
    Form { suspicion: Suspicion::new(words, source), prefixes, alphabet, lengths }
}

/// Longer than any token.
const LONG: usize = 2048;

pub(super) const FORMS: &[Form] = &[
    // The id alone opens nothing; its secret stands beside it.
    form(
        "AWS access key id",
        &["AKIA", "ASIA"],
        Alphabet::Capitals,
        16..=16,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    ),
    form(
        "GitHub token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        Alphabet::Word,
        36..=LONG,
        "https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available/",
    ),
    form(
        "GitHub token",
        &["github_pat_"],
        Alphabet::Word,
        36..=LONG,
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github",
    ),
    form(
        "GitLab token",
        &[
            "glpat-", "gldt-", "glrt-", "glrtr-", "glcbt-", "glptt-", "glft-", "glimt-",
            "glagent-", "glwt-", "glsoat-", "glffct-", "gloas-",
        ],
        Alphabet::Dotted,
        20..=LONG,
        "https://docs.gitlab.com/security/tokens/",
    ),
    form(
        "Slack token",
        &["xoxb-", "xoxp-", "xoxa-", "xoxs-", "xoxr-", "xoxe-", "xoxe.", "xapp-", "xwfp-"],
        Alphabet::Dotted,
        20..=LONG,
        "https://docs.slack.dev/authentication/tokens",
    ),
    form(
        "Stripe key",
        &["sk_live_", "rk_live_"],
        Alphabet::Letters,
        10..=LONG,
        "https://docs.stripe.com/keys",
    ),
    form(
        "Google API key",
        &["AIza"],
        Alphabet::Dashed,
        35..=35,
        "https://docs.cloud.google.com/docs/authentication/api-keys",
    ),
    // As with AWS's ids: the key's secret stands beside it.
    form(
        "Twilio API key id",
        &["SK"],
        Alphabet::Hexadecimal,
        32..=32,
        "https://www.twilio.com/docs/glossary/what-is-a-sid",
    ),
    // 69 characters in all.
    form(
        "SendGrid API key",
        &["SG."],
        Alphabet::Dotted,
        66..=66,
        "https://www.twilio.com/docs/sendgrid/api-reference/api-keys/retrieve-an-existing-api-key",
    ),
    form(
        "npm token",
        &["npm_"],
        Alphabet::Letters,
        36..=36,
        "https://github.blog/security/announcing-npms-new-access-token-format",
    ),
    form("PyPI token", &["pypi-"], Alphabet::Dashed, 50..=LONG, "https://pypi.org/help/#apitoken"),
    form(
        "Anthropic API key",
        &["sk-ant-"],
        Alphabet::Dashed,
        32..=LONG,
        "https://platform.claude.com/docs/en/manage-claude/authentication",
    ),
    form(
        "OpenAI API key",
        &["sk-proj-", "sk-svcacct-", "sk-admin-"],
        Alphabet::Dashed,
        40..=LONG,
        "https://platform.openai.com/docs/api-reference/authentication",
    ),
    form(
        "OpenAI API key",
        &["sk-"],
        Alphabet::Letters,
        48..=48,
        "https://platform.openai.com/docs/api-reference/authentication",
    ),
    form(
        "Databricks token",
        &["dapi"],
        Alphabet::Hexadecimal,
        32..=34,
        "https://learn.microsoft.com/en-us/purview/sit-defn-azure-databricks-personal-access-token",
    ),
    form(
        "HashiCorp Vault token",
        &["hvs.", "hvb.", "hvr."],
        Alphabet::Dashed,
        24..=LONG,
        "https://developer.hashicorp.com/vault/docs/concepts/tokens",
    ),
    form(
        "Hugging Face token",
        &["hf_"],
        Alphabet::Letters,
        30..=LONG,
        "https://huggingface.co/docs/hub/en/security-tokens",
    ),
    form(
        "Replicate token",
        &["r8_"],
        Alphabet::Letters,
        30..=LONG,
        "https://replicate.com/docs/reference/http",
    ),
    form(
        "Supabase secret key",
        &["sb_secret_"],
        Alphabet::Dashed,
        20..=LONG,
        "https://supabase.com/docs/guides/api/api-keys",
    ),
    form(
        "Cloudflare token",
        &["cfk_", "cfut_", "cfat_"],
        Alphabet::Dashed,
        20..=LONG,
        "https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/",
    ),
    form(
        "Doppler token",
        &["dp.pt.", "dp.st.", "dp.sa.", "dp.ct.", "dp.scim.", "dp.audit."],
        Alphabet::Dotted,
        20..=LONG,
        "https://docs.doppler.com/reference/auth-token-formats",
    ),
];

/// Three parts, of which the first two are JSON objects in base64.
const WEB_TOKEN: Suspicion =
    Suspicion::new("JSON Web Token", "https://www.rfc-editor.org/rfc/rfc7519#section-3");

/// The address is the secret.
const WEBHOOK: Suspicion = Suspicion::new(
    "Slack webhook",
    "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks",
);

/// The first token in the value, whatever stands around it.
pub(super) fn find(value: &str) -> Option<Suspicion> {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    value.split(ends).find_map(|word| of_word(word.trim_matches('.'))).or_else(|| webhook(value))
}

fn of_word(word: &str) -> Option<Suspicion> {
    let form = FORMS.iter().find(|form| is_of(word, form));
    form.map(|form| form.suspicion)
        .or_else(|| is_web_token(word).then_some(WEB_TOKEN))
        .filter(|_| !is_placeholder(word))
}

fn is_of(word: &str, form: &Form) -> bool {
    form.prefixes.iter().filter_map(|prefix| word.strip_prefix(prefix)).any(|rest| {
        form.lengths.contains(&rest.len()) && rest.bytes().all(|byte| form.alphabet.holds(byte))
    })
}

fn is_web_token(word: &str) -> bool {
    // `{"` in base64 is `eyJ`.
    let mut parts = word.split('.');
    let object = |part: Option<&str>| part.is_some_and(|p| p.starts_with("eyJ") && p.len() > 10);
    object(parts.next()) && object(parts.next()) && parts.next().is_some() && parts.next().is_none()
}

fn webhook(value: &str) -> Option<Suspicion> {
    let (_, path) = value.split_once("//hooks.slack.com/services/")?;
    (path.len() > 20 && !is_placeholder(path)).then_some(WEBHOOK)
}
