//! Address ranges of `IpAddress` and `NotIpAddress`.
//! Refuses to say whether an address mapped from IPv4 lies in a range of the other family.
//! Semantics: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress>.

use std::net::IpAddr;

/// An address range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    pub address: IpAddr,
    pub prefix: u32,
}

impl Network {
    /// An address, or an address with a prefix length.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) =
            text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => longest,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
            Some(_) => return None,
        };
        (prefix <= longest).then_some(Self { address, prefix })
    }

    /// Whether the range holds `address`.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix.min(32)).unwrap_or(0);
                (net.to_bits() ^ ip.to_bits()) & mask == 0
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix.min(128)).unwrap_or(0);
                (net.to_bits() ^ ip.to_bits()) & mask == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// Whether the range written in a policy holds the address of a request.
pub fn matches(written: &str, held: &str) -> Option<bool> {
    let network = Network::parse(written)?;
    let address: IpAddr = held.parse().ok()?;
    if network.address.is_ipv4() != address.is_ipv4() {
        let is_mapped = |ip| matches!(ip, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some());
        return (!is_mapped(network.address) && !is_mapped(address)).then_some(false);
    }
    let inside = network.contains(address);
    // "If you specify an IP address without the associated routing prefix, IAM uses the default
    // prefix value of `/32`": whether for IPv6 too is not said.
    let unsaid = network.address.is_ipv6() && !written.contains('/') && !inside;
    if unsaid && (Network { prefix: 32, ..network }).contains(address) {
        return None;
    }
    Some(inside)
}
