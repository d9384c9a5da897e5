//! Records of VPC flow logs: the fields of a format, and what one record says of whom an interface talked
//! to. Takes any version and any custom format; fields that nothing here looks at, those of later versions
//! too, are gone over. Refuses to guess: a record that has not the fields of its format is none.
//! <https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html>

mod format;

pub use format::FlowFormat;

use std::{collections::BTreeMap, fmt, net::IpAddr};

/// What a record tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A flow.
    Flow(Box<Flow>),
    /// There was nothing to tell: `NODATA`, or records were left out: `SKIPDATA`.
    Nothing,
    /// It is not of this format.
    Other,
}

/// A flow, as one network interface saw it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    /// The interface, as `eni-...`.
    pub interface: String,
    /// Whose it is, if the record says so.
    pub account: Option<String>,
    /// Where it came from.
    pub source: End,
    /// Where it went.
    pub destination: End,
    /// The protocol's number, such as 6 for TCP.
    pub protocol: Option<u8>,
    /// Into the interface, or out of it, if the record says so.
    pub direction: Option<Direction>,
    /// Security groups or network ACLs did not let it through.
    pub rejected: bool,
}

/// One end of a flow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct End {
    /// Its address.
    pub address: IpAddr,
    /// Its port; none where the protocol has none.
    pub port: Option<u16>,
    /// The service of AWS that the address belongs to, such as `S3`, if the record says so.
    pub service: Option<String>,
}

/// Which way a flow went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Into the interface.
    Ingress,
    /// Out of it.
    Egress,
}

impl Flow {
    /// Whether, going into the interface, it answers what went out of it: it came from the port of a service to
    /// a port that was taken for the while, and those are the higher ones.
    /// <https://www.rfc-editor.org/rfc/rfc6335#section-6>
    pub fn is_answer(&self) -> bool {
        match (self.source.port, self.destination.port) {
            (Some(theirs), Some(ours)) => !self.rejected && theirs < ours,
            (_, _) => !self.rejected,
        }
    }
}

/// The address with the port and the protocol, as people write it: `198.51.100.7:443/tcp`.
pub fn name(end: &End, protocol: Option<u8>) -> String {
    let address = match end.address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    let port = end.port.map(|port| format!(":{port}")).unwrap_or_default();
    let protocol = match protocol {
        None => String::new(),
        Some(1 | 58) => "/icmp".to_owned(),
        Some(6) => "/tcp".to_owned(),
        Some(17) => "/udp".to_owned(),
        Some(other) => format!("/{other}"),
    };
    format!("{address}{port}{protocol}")
}

/// The values of a record by the names of their fields, those left out that say `-`.
struct Values<'r>(BTreeMap<&'r str, &'r str>);

impl<'r> Values<'r> {
    fn get(&self, field: &str) -> Option<&'r str> {
        self.0.get(field).copied()
    }

    fn number<N: std::str::FromStr>(&self, field: &str) -> Option<N> {
        self.get(field)?.parse().ok()
    }

    fn end(&self, address: &str, port: &str, service: &str) -> Option<End> {
        Some(End {
            address: self.number(address)?,
            port: self.number(port).filter(|_| self.has_ports()),
            service: self.get(service).map(str::to_owned),
        })
    }

    /// Records of other protocols say 0: <https://www.iana.org/assignments/protocol-numbers>.
    fn has_ports(&self) -> bool {
        self.number::<u8>("protocol")
            .is_none_or(|protocol| [6, 17, 33, 132, 136].contains(&protocol))
    }

    fn flow(&self) -> Option<Flow> {
        let interface = self.get("interface-id").filter(|id| is_interface(id))?.to_owned();
        let direction = match self.get("flow-direction") {
            Some("ingress") => Some(Direction::Ingress),
            Some("egress") => Some(Direction::Egress),
            Some(_) | None => None,
        };
        Some(Flow {
            interface,
            account: self.get("account-id").map(str::to_owned),
            source: self.end("srcaddr", "srcport", "pkt-src-aws-service")?,
            destination: self.end("dstaddr", "dstport", "pkt-dst-aws-service")?,
            protocol: self.number("protocol"),
            direction,
            rejected: self.get("action") == Some("REJECT"),
        })
    }

    fn record(&self) -> Record {
        match (self.get("log-status"), self.flow()) {
            (Some("NODATA" | "SKIPDATA"), _) => Record::Nothing,
            (_, Some(flow)) => Record::Flow(Box::new(flow)),
            // Interfaces of some services have no record but that there was none.
            (None | Some(_), None) => match self.get("interface-id") {
                Some(id) if is_interface(id) && self.get("srcaddr").is_none() => Record::Nothing,
                Some(_) | None => Record::Other,
            },
        }
    }
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>
fn is_interface(id: &str) -> bool {
    id.strip_prefix("eni-").is_some_and(|digits| {
        (8..=17).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        })
    }
}

#[cfg(test)]
mod tests;
