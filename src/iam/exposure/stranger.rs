//! Strangers: accounts and organizations that nobody named, to ask whether anybody gets in.
//! Refuses one that the document or the trusted set mentions anywhere.

use super::setting::Setting;

/// Somebody nobody named.
pub struct Stranger {
    pub account: String,
    pub organization: String,
    /// What AWS named its networks.
    pub network: String,
}

/// So many strangers are looked at: more than a policy of 20 KB can name.
const MOST: u64 = 4096;

impl Stranger {
    /// Two strangers that are alike at no place, so that what lets both in lets anybody in.
    pub fn pair(setting: &Setting<'_>) -> Option<[Self; 2]> {
        let strange = |stranger: &Self| {
            !setting.names(&stranger.account) && !setting.names(&stranger.organization)
        };
        let mut free = (0..MOST).map(Self::number).filter(strange);
        let first = free.next()?;
        let second = free.find(|stranger| stranger.is_unlike(&first))?;
        Some([first, second])
    }

    /// One of many, always the same for a number. Whoever writes a policy can know them, which is
    /// why one that is named is passed over for the next.
    fn number(number: u64) -> Self {
        let account = (246_802_468_024 + number * 728_516_851_729) % 1_000_000_000_000;
        let account = format!("{account:012}");
        let letter = |digit: u8| char::from(b'k' + (digit - b'0'));
        let organization = account.bytes().take(10).map(letter).collect::<String>();
        let network = account.chars().take(8).collect();
        Self { account, organization: format!("o-{organization}"), network }
    }

    fn is_unlike(&self, other: &Self) -> bool {
        self.account.bytes().zip(other.account.bytes()).all(|(one, other)| one != other)
    }
}
