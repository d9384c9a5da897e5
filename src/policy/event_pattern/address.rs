//! IP addresses and CIDR blocks as EventBridge reads them, which is as Java does: decimal parts
//! whatever zeros lead them, no dotted tail in IPv6, and an IPv4-mapped address is IPv4.
//! <https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/CIDR.java>

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Java reads no longer text as an IPv4 address.
const LONGEST_V4: usize = 15;

/// The address a text spells.
pub fn address(text: &str) -> Option<IpAddr> {
    if text.contains(':') {
        // std reads a dotted tail (`::ffff:10.0.0.1`), which event-ruler does not.
        let plain = text.bytes().all(|byte| byte == b':' || byte.is_ascii_hexdigit());
        let address: Ipv6Addr = plain.then(|| text.parse().ok())??;
        return Some(address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4));
    }
    if text.len() > LONGEST_V4 {
        return None;
    }
    let parts: Vec<u8> = text.split('.').map(decimal).collect::<Option<_>>()?;
    <[u8; 4]>::try_from(parts).ok().map(|octets| IpAddr::V4(Ipv4Addr::from(octets)))
}

fn decimal(part: &str) -> Option<u8> {
    let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| part.parse::<u64>().ok().and_then(|value| u8::try_from(value).ok()))?
}

/// A run of addresses of one family, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    last: IpAddr,
}

/// Why a text is no block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoNetwork {
    /// Not one `/`.
    Form,
    /// What stands before the `/`.
    Address,
    /// What stands after it; the largest that is accepted.
    Mask(u8),
}

impl Network {
    /// One address.
    pub const fn single(address: IpAddr) -> Self {
        Self { first: address, last: address }
    }

    /// Reads `10.0.0.0/8`. A mask that leaves one address is refused, as event-ruler does.
    pub fn parse(text: &str) -> Result<Self, NoNetwork> {
        let (base, mask) = text.split_once('/').ok_or(NoNetwork::Form)?;
        if mask.contains('/') {
            return Err(NoNetwork::Form);
        }
        let base = address(base).ok_or(NoNetwork::Address)?;
        let largest = match base {
            IpAddr::V4(_) => 31,
            IpAddr::V6(_) => 127,
        };
        let bits: i32 = mask.parse().map_err(|_| NoNetwork::Mask(largest))?;
        let bits = u8::try_from(bits).map_err(|_| NoNetwork::Mask(largest))?;
        if bits > largest {
            return Err(NoNetwork::Mask(largest));
        }
        Ok(Self::around(base, bits))
    }

    fn around(base: IpAddr, bits: u8) -> Self {
        match base {
            IpAddr::V4(base) => {
                let free = u32::MAX.checked_shr(bits.into()).unwrap_or(0);
                let base = base.to_bits();
                Self {
                    first: Ipv4Addr::from_bits(base & !free).into(),
                    last: Ipv4Addr::from_bits(base | free).into(),
                }
            }
            IpAddr::V6(base) => {
                let free = u128::MAX.checked_shr(bits.into()).unwrap_or(0);
                let base = base.to_bits();
                Self {
                    first: Ipv6Addr::from_bits(base & !free).into(),
                    last: Ipv6Addr::from_bits(base | free).into(),
                }
            }
        }
    }

    /// Whether the text spells an address of the block.
    pub fn has(&self, text: &str) -> bool {
        // IPv4 sorts before IPv6, so an address of the other family is outside.
        address(text).is_some_and(|found| self.first <= found && found <= self.last)
    }
}
