//! Sets of addresses: what the conditions on a request's source leave open, and whether that is
//! everybody. Two halves of the internet are the internet.
//! Refuses to count addresses that nobody can have on the internet.
//! Ranges: <https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml>.

use crate::iam::condition::network::Network;
use crate::iam::condition::{Base, Clause};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses of both kinds, as ranges in order that do not touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    v4: Vec<Range>,
    v6: Vec<Range>,
}

/// The first and the last address.
type Range = (u128, u128);

/// As many addresses as a /8 has are not everybody, more are; for IPv6, a /32.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-concepts.html>
const MOST_V4: u128 = 1 << 24;
const MOST_V6: u128 = 1 << 96;

/// Addresses that anybody can rent, to show first.
const RENTED: [&str; 3] = ["5.9.10.11", "51.15.20.30", "2a01:4f8::1"];

/// Ranges that are not reached over the internet.
const CLOSED: [&str; 10] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/3",
];

/// What the five registries give out of IPv6.
/// <https://www.iana.org/assignments/ipv6-unicast-address-assignments/ipv6-unicast-address-assignments.xhtml>
const GIVEN_OUT: [&str; 7] =
    ["2400::/12", "2600::/12", "2610::/23", "2620::/23", "2800::/12", "2a00::/12", "2c00::/12"];

impl Addresses {
    /// All addresses on the internet.
    pub fn internet() -> Self {
        let closed = Self::of(CLOSED.into_iter());
        let open = Self { v4: vec![(0, u128::from(u32::MAX))], v6: Vec::new() };
        Self { v4: open.without(&closed).v4, ..Self::of(GIVEN_OUT.into_iter()) }
    }

    /// The addresses of these ranges; what is no range holds none.
    pub fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for network in texts.filter_map(Network::parse) {
            let (is_v4, bits, width) = match network.address {
                IpAddr::V4(address) => (true, u128::from(address.to_bits()), 32),
                IpAddr::V6(address) => (false, address.to_bits(), 128),
            };
            let free = (1_u128 << (width - network.prefix).min(127)) - 1;
            let free = if width - network.prefix == 128 { u128::MAX } else { free };
            let range = (bits & !free, bits | free);
            if is_v4 { v4.push(range) } else { v6.push(range) }
        }
        Self { v4: merged(v4), v6: merged(v6) }
    }

    /// The addresses in both.
    pub fn and(&self, other: &Self) -> Self {
        Self { v4: common(&self.v4, &other.v4), v6: common(&self.v6, &other.v6) }
    }

    /// The addresses that are not in `other`.
    pub fn without(&self, other: &Self) -> Self {
        Self { v4: left(&self.v4, &other.v4), v6: left(&self.v6, &other.v6) }
    }

    /// The addresses for which all address conditions among the clauses hold.
    pub fn passing<'c>(self, clauses: impl Iterator<Item = &'c Clause>) -> Self {
        self.limited(clauses, true)
    }

    /// The addresses for which none of them holds.
    pub fn escaping<'c>(self, clauses: impl Iterator<Item = &'c Clause>) -> Self {
        self.limited(clauses, false)
    }

    fn limited<'c>(self, clauses: impl Iterator<Item = &'c Clause>, hold: bool) -> Self {
        clauses.fold(self, |open, clause| match clause.understood() {
            Some(operator) if operator.base == Base::Ip => {
                let named = Self::of(clause.values.iter().map(String::as_str));
                if operator.negated == hold { open.without(&named) } else { open.and(&named) }
            }
            Some(_) | None => open,
        })
    }

    /// Whether there are so many that anybody may have one.
    pub fn is_everybody(&self) -> bool {
        let count = |ranges: &[Range]| {
            ranges.iter().fold(0_u128, |sum, (first, last)| sum.saturating_add(last - first + 1))
        };
        count(&self.v4) > MOST_V4 || count(&self.v6) > MOST_V6
    }

    /// One of them.
    pub fn example(&self) -> Option<String> {
        let rented = RENTED.iter().find(|text| {
            let one = Self::of([**text].into_iter());
            self.and(&one) == one
        });
        let v4 = |bits: u128| u32::try_from(bits).ok().map(|bits| Ipv4Addr::from(bits).to_string());
        let first = |ranges: &[Range]| {
            ranges.first().map(|(first, last)| last.min(&(first + 1)).to_owned())
        };
        rented
            .map(|text| (*text).to_owned())
            .or_else(|| v4(first(&self.v4)?))
            .or_else(|| Some(Ipv6Addr::from(first(&self.v6)?).to_string()))
    }
}

fn merged(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_unstable();
    let mut merged: Vec<Range> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match merged.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            Some(_) | None => merged.push((first, last)),
        }
    }
    merged
}

fn common(one: &[Range], other: &[Range]) -> Vec<Range> {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut common = Vec::new();
    while let (Some((a, b)), Some((c, d))) = (one.peek(), other.peek()) {
        let (first, last) = (*a.max(c), *b.min(d));
        if first <= last {
            common.push((first, last));
        }
        if b < d {
            one.next()
        } else {
            other.next()
        };
    }
    common
}

fn left(from: &[Range], gone: &[Range]) -> Vec<Range> {
    let mut left = Vec::new();
    let mut gone = gone.iter().peekable();
    for (first, last) in from {
        let mut start = Some(*first);
        while let (Some(at), Some((c, d))) = (start, gone.peek()) {
            if *c > *last {
                break;
            }
            if *d >= at {
                if *c > at {
                    left.push((at, c - 1));
                }
                start = d.checked_add(1).filter(|next| next <= last);
            }
            if *d > *last {
                break;
            }
            gone.next();
        }
        left.extend(start.map(|at| (at, *last)));
    }
    left
}

#[cfg(test)]
#[path = "addresses_tests.rs"]
mod tests;
