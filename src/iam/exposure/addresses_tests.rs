//! Sets of addresses.

use super::*;
use proptest::prelude::*;

fn of(texts: &[&str]) -> Addresses {
    Addresses::of(texts.iter().copied())
}

#[test]
fn two_halves_of_the_internet_are_the_internet() {
    assert_eq!(of(&["0.0.0.0/1", "128.0.0.0/1"]), of(&["0.0.0.0/0"]));
    assert_eq!(of(&["::/1", "8000::/1"]), of(&["::/0"]));
    let eighths: Vec<String> = (0..=255).map(|first| format!("{first}.0.0.0/8")).collect();
    assert_eq!(Addresses::of(eighths.iter().map(String::as_str)), of(&["0.0.0.0/0"]));
}

#[test]
fn more_than_a_slash_8_is_everybody_and_private_addresses_are_nobody() {
    for (ranges, want) in [
        (vec!["0.0.0.0/0"], true),
        (vec!["5.0.0.0/8"], false),
        (vec!["5.0.0.0/8", "6.0.0.0/32"], true),
        (vec!["64.0.0.0/7"], true),
        (vec!["10.0.0.0/7"], false),
        (vec!["240.0.0.0/4"], false),
        (vec!["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"], false),
        (vec!["2600::/31"], true),
        (vec!["2600::/32"], false),
        (vec!["2600::/32", "2601::/32"], true),
        (vec!["fc00::/7"], false),
        (vec!["nonsense", "1.2.3.4/33", ""], false),
    ] {
        let open = Addresses::internet().and(&of(&ranges));
        assert_eq!(open.is_everybody(), want, "{ranges:?}");
    }
}

#[test]
fn an_example_lies_in_the_set() {
    for range in ["0.0.0.0/0", "64.0.0.0/7", "2600::/31", "203.0.113.7", "203.0.113.8/31"] {
        let set = of(&[range]);
        let example = set.example().unwrap();
        assert!(Network::parse(range).unwrap().contains(example.parse().unwrap()), "{example}");
    }
    assert_eq!(of(&[]).example(), None);
}

fn networks() -> impl Strategy<Value = Vec<Network>> {
    // Few distinct bits, so that ranges meet.
    let v4 = (any::<u8>(), 0..=10_u32).prop_map(|(bits, prefix)| Network {
        address: IpAddr::V4(Ipv4Addr::from(u32::from(bits) << 24)),
        prefix,
    });
    let v6 = (any::<u8>(), 0..=10_u32).prop_map(|(bits, prefix)| Network {
        address: IpAddr::V6(Ipv6Addr::from(u128::from(bits) << 120)),
        prefix,
    });
    prop::collection::vec(prop_oneof![v4, v6], 0..6)
}

fn set(networks: &[Network]) -> Addresses {
    let texts: Vec<String> =
        networks.iter().map(|network| format!("{}/{}", network.address, network.prefix)).collect();
    Addresses::of(texts.iter().map(String::as_str))
}

fn holds(set: &Addresses, address: IpAddr) -> bool {
    let one = Addresses::of([address.to_string().as_str()].into_iter());
    set.and(&one) == one
}

proptest! {
    #[test]
    fn sets_hold_what_their_ranges_hold(
        one in networks(), other in networks(), bits in any::<u32>(), v6 in any::<bool>(),
    ) {
        let address = if v6 {
            IpAddr::V6(Ipv6Addr::from(u128::from(bits) << 96))
        } else {
            IpAddr::V4(Ipv4Addr::from(bits))
        };
        let within = |networks: &[Network]| networks.iter().any(|n| n.contains(address));
        let (a, b) = (set(&one), set(&other));
        prop_assert_eq!(holds(&a, address), within(&one));
        prop_assert_eq!(holds(&a.and(&b), address), within(&one) && within(&other));
        prop_assert_eq!(holds(&a.without(&b), address), within(&one) && !within(&other));
        prop_assert_eq!(a.without(&b).and(&b), set(&[]));
    }
}
