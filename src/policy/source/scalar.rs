//! What YAML makes of a scalar that is not quoted: the core schema of YAML 1.2, in which `off` and
//! `yes` are texts. <https://yaml.org/spec/1.2.2/#103-core-schema>

use super::tree::Scalar;

/// What a scalar is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Meant<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    Number(f64),
    Text(&'a str),
}

impl Scalar {
    /// What YAML makes of it.
    pub fn meant(&self) -> Meant<'_> {
        if !self.plain {
            return Meant::Text(&self.text);
        }
        match self.text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => Meant::Null,
            "true" | "True" | "TRUE" => Meant::Bool(true),
            "false" | "False" | "FALSE" => Meant::Bool(false),
            text => number(text).unwrap_or(Meant::Text(text)),
        }
    }
}

fn number(text: &str) -> Option<Meant<'_>> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(rest) = text.strip_prefix(prefix)
            && !rest.starts_with(['+', '-'])
            && let Ok(integer) = i64::from_str_radix(rest, radix)
        {
            return Some(Meant::Integer(integer));
        }
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits(unsigned) {
        let integer = text.parse().map(Meant::Integer);
        return integer.ok().or_else(|| text.parse().ok().map(Meant::Number));
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Some(Meant::Number(f64::INFINITY));
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(Meant::Number(f64::NAN));
    }
    // What Rust reads besides, such as `inf`, has letters other than `e`.
    let plain = unsigned.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
    let begins = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    (plain && begins).then(|| text.parse().ok().map(Meant::Number)).flatten()
}

#[cfg(test)]
mod tests {
    use super::{Meant, Scalar};

    #[test]
    fn plain_scalars_are_read_by_the_core_schema_and_quoted_ones_are_texts() {
        for (text, want) in [
            ("", Meant::Null),
            ("~", Meant::Null),
            ("True", Meant::Bool(true)),
            ("012345678901", Meant::Integer(12_345_678_901)),
            ("-7", Meant::Integer(-7)),
            ("0x1F", Meant::Integer(31)),
            ("0o17", Meant::Integer(15)),
            ("1e3", Meant::Number(1000.0)),
            (".5", Meant::Number(0.5)),
            ("99999999999999999999", Meant::Number(1e20)),
            ("-.inf", Meant::Number(f64::INFINITY)),
        ] {
            let scalar = |plain| Scalar { text: text.to_owned(), plain };
            assert_eq!(scalar(true).meant(), want, "{text}");
            assert_eq!(scalar(false).meant(), Meant::Text(text));
        }
        for text in [
            "off",
            "yes",
            "on",
            "inf",
            "nan",
            "2027-03-31",
            "1.2.3",
            "e5",
            ".",
            "-",
            "0x",
            "0x-1",
            "1_000",
        ] {
            let scalar = Scalar { text: text.to_owned(), plain: true };
            assert_eq!(scalar.meant(), Meant::Text(text), "{text}");
        }
    }
}
