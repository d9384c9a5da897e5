//! Records of all versions and of formats of one's own.

use super::*;
use proptest::prelude::*;

fn format(text: &str) -> FlowFormat {
    FlowFormat::try_from(text.to_owned()).unwrap()
}

fn read(format: &FlowFormat, text: &str) -> Record {
    format.record(text, &BTreeMap::new())
}

fn flow(format: &FlowFormat, text: &str) -> Flow {
    match read(format, text) {
        Record::Flow(flow) => *flow,
        other => panic!("{text}: {other:?}"),
    }
}

const PLAIN: &str = "2 111122223333 eni-0a1b2c3d4e5f60718 10.0.1.5 198.51.100.7 41952 443 6 10 840 1795262400 1795262460 ACCEPT OK";

#[test]
fn a_record_of_the_default_format_is_read() {
    let flow = flow(&FlowFormat::default(), PLAIN);
    assert_eq!(flow.interface, "eni-0a1b2c3d4e5f60718");
    assert_eq!(name(&flow.source, flow.protocol), "10.0.1.5:41952/tcp");
    assert_eq!(name(&flow.destination, flow.protocol), "198.51.100.7:443/tcp");
    assert_eq!((flow.rejected, flow.direction), (false, None));
    assert_eq!(flow.account.as_deref(), Some("111122223333"));
}

#[test]
fn all_fields_of_all_versions_and_of_later_ones_are_gone_over() {
    let all = "${version} ${vpc-id} ${subnet-id} ${instance-id} ${interface-id} ${account-id} ${type} \
               ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${pkt-srcaddr} ${pkt-dstaddr} ${protocol} \
               ${bytes} ${packets} ${start} ${end} ${action} ${tcp-flags} ${log-status} ${region} \
               ${az-id} ${sublocation-type} ${sublocation-id} ${pkt-src-aws-service} \
               ${pkt-dst-aws-service} ${flow-direction} ${traffic-path} ${ecs-cluster-arn} \
               ${ecs-task-id} ${reject-reason} ${resource-id} ${encryption-status} ${of-tomorrow}";
    let text = "10 vpc-1 subnet-1 - eni-0a1b2c3d 111122223333 IPv6 2001:db8::5 2001:db8:1::7 41952 443 \
                2001:db8::5 2001:db8:1::7 6 1 2 3 4 REJECT 2 OK eu-west-1 euw1-az1 - - - S3 egress 8 - \
                - BPA - 0 something";
    let flow = flow(&format(all), text);
    assert_eq!(name(&flow.destination, flow.protocol), "[2001:db8:1::7]:443/tcp");
    assert_eq!((flow.rejected, flow.direction), (true, Some(Direction::Egress)));
    assert_eq!(flow.destination.service.as_deref(), Some("S3"));
    assert_eq!(flow.source.service, None);
}

#[test]
fn what_has_no_data_tells_nothing_and_another_format_is_told_apart() {
    let default = FlowFormat::default();
    for text in [
        "2 111122223333 eni-0a1b2c3d4e5f60718 - - - - - - - 1795262400 1795262460 - NODATA",
        "2 111122223333 eni-0a1b2c3d4e5f60718 - - - - - - - 1795262400 1795262460 - SKIPDATA",
        "2 unknown eni-0a1b2c3d4e5f60718 - - - - - - - 1795262400 1795262460 - -",
    ] {
        assert_eq!(read(&default, text), Record::Nothing, "{text}");
    }
    for text in [
        "",
        "START RequestId: 1",
        "2 111122223333 eni-0a1b2c3d4e5f60718 10.0.1.5 198.51.100.7",
        &PLAIN.replace("eni-", "i-"),
        &PLAIN.replace("198.51.100.7", "somewhere"),
        &format!("{PLAIN} more"),
    ] {
        assert_eq!(read(&default, text), Record::Other, "{text}");
    }
}

#[test]
fn protocols_without_ports_have_none() {
    let icmp = PLAIN.replace(" 41952 443 6 ", " 0 0 1 ");
    let flow = flow(&FlowFormat::default(), &icmp);
    assert_eq!(name(&flow.destination, flow.protocol), "198.51.100.7/icmp");
}

#[test]
fn what_the_filter_extracted_under_the_names_of_fields_counts() {
    let fields =
        [("interface-id", "eni-0a1b2c3d"), ("srcaddr", "10.0.1.5"), ("dstaddr", "192.0.2.9")];
    let extracted = fields.map(|(name, value)| (name.to_owned(), Some(value.to_owned()))).into();
    let Record::Flow(flow) = FlowFormat::default().record("whatever", &extracted) else { panic!() };
    assert_eq!(flow.destination.address.to_string(), "192.0.2.9");
    let others = [("eni".to_owned(), Some("eni-0a1b2c3d".to_owned()))].into();
    assert!(matches!(FlowFormat::default().record(PLAIN, &others), Record::Flow(_)));
}

#[test]
fn a_format_says_at_least_who_talked_to_whom() {
    for text in [
        "",
        "version interface-id",
        "${version} ${srcaddr} ${dstaddr}",
        "${interface-id} ${srcaddr} ${dstaddr} ${Version}",
        "${interface-id},${srcaddr},${dstaddr}",
    ] {
        assert!(FlowFormat::try_from(text.to_owned()).is_err(), "{text}");
    }
    let text = "${dstaddr} ${interface-id} ${srcaddr}";
    assert_eq!(String::from(format(text)), text);
    assert!(String::from(FlowFormat::default()).starts_with("${version} ${account-id} "));
}

#[test]
fn an_answer_comes_from_the_lower_port_and_is_not_rejected() {
    for (theirs, ours, action, want) in [
        (443, 41_952, "ACCEPT", true),
        (443, 41_952, "REJECT", false),
        (41_952, 22, "ACCEPT", false),
    ] {
        let text =
            format!("2 1 eni-0a1b2c3d 198.51.100.7 10.0.1.5 {theirs} {ours} 6 1 1 1 1 {action} OK");
        assert_eq!(flow(&FlowFormat::default(), &text).is_answer(), want, "{text}");
    }
}

proptest! {
    #[test]
    fn no_record_panics(text in "[ -~]{0,120}", fields in prop::collection::vec("[a-z0-9-]{1,12}", 0..6)) {
        let mut format = String::from("${interface-id} ${srcaddr} ${dstaddr}");
        for field in fields {
            format.push_str(&format!(" ${{{field}}}"));
        }
        let format = FlowFormat::try_from(format).unwrap();
        read(&format, &text);
        read(&FlowFormat::default(), &text);
    }
}
