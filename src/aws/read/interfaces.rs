//! A network interface, and the functions that can be behind it. Lambda's are shared by all functions with
//! the same subnet and the same security groups, and their description names but the first of them; a
//! published version keeps the network it had. So every version of every function is listed. What was found
//! is kept a while in the environment, because flow logs tell of the same interfaces every few minutes.
//! Refuses to go by tags: whoever tags an interface could say whose it is.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-enis>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html>

use super::{Aws, AwsError, ErrorKind, absent, vpc_attachment};
use crate::{
    aws::{
        failed,
        signed::{Call, Service},
    },
    resource::{Arn, FunctionArn, FunctionResource},
    setting::VpcAttachment,
    state::InterfaceState,
};
use aws_sdk_lambda::types::FunctionVersion;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    rc::Rc,
};
use time::{Duration, OffsetDateTime};

const EC2: Service = Service { host: "ec2", signed_as: "ec2" };
const VERSION: &str = "2016-11-15";
const OPERATION: &str = "DescribeNetworkInterfaces";

/// For how long it is known which functions can be behind an interface; by the clock on the wall, because
/// another may stand still while the environment is frozen.
const LASTS: Duration = Duration::minutes(5);
/// And that an interface is none of Lambda's, or gone: it never will be another's.
const LASTS_ELSEWHERE: Duration = Duration::hours(1);
/// More are forgotten and read again.
const MOST: usize = 2000;

/// What was found lately.
#[derive(Debug, Default)]
pub(in crate::aws) struct Interfaces {
    known: RefCell<BTreeMap<Arn, Kept<Option<InterfaceState>>>>,
    attached: RefCell<Option<Kept<Attached>>>,
}

/// Every version of every function that is attached to a network.
type Attached = Rc<Vec<(FunctionArn, VpcAttachment)>>;

#[derive(Debug, Clone)]
struct Kept<T> {
    at: OffsetDateTime,
    what: T,
}

impl<T: Clone> Kept<T> {
    fn now(what: T) -> Self {
        Self { at: OffsetDateTime::now_utc(), what }
    }

    /// A clock that was turned back proves nothing.
    fn still(&self, lasts: Duration) -> Option<T> {
        let age = OffsetDateTime::now_utc() - self.at;
        (age >= Duration::ZERO && age < lasts).then(|| self.what.clone())
    }
}

/// An interface as EC2 describes it.
struct Described {
    is_of_lambda: bool,
    subnet: String,
    groups: BTreeSet<String>,
    addresses: BTreeSet<IpAddr>,
}

impl Aws {
    /// A function was made or its configuration changed: who is behind which interface is not known any more.
    pub fn forget_interfaces(&self) {
        self.interfaces().attached.replace(None);
        self.interfaces().known.borrow_mut().clear();
    }

    /// The interface; none if there is no such interface.
    pub(super) async fn interface(&self, arn: &Arn) -> Result<Option<InterfaceState>, AwsError> {
        let kept = self.interfaces().known.borrow().get(arn).cloned();
        if let Some(kept) = kept {
            let is_of_lambda = kept.what.as_ref().is_some_and(|live| live.functions.is_some());
            if let Some(known) = kept.still(if is_of_lambda { LASTS } else { LASTS_ELSEWHERE }) {
                return Ok(known);
            }
        }
        let found = match self.described(arn).await? {
            None => None,
            Some(described) => {
                let functions = match described.is_of_lambda {
                    true => Some(self.functions_behind(&described).await?),
                    false => None,
                };
                Some(InterfaceState { addresses: described.addresses, functions })
            }
        };
        let mut known = self.interfaces().known.borrow_mut();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(arn.clone(), Kept::now(found.clone()));
        Ok(found)
    }

    async fn described(&self, arn: &Arn) -> Result<Option<Described>, AwsError> {
        let asked = [("NetworkInterfaceId.1", arn.name())];
        let call = Call::query(EC2, VERSION, OPERATION, arn, &asked);
        let Some(answer) = absent(self.signed().await?.ask_for_text(&call).await)? else {
            return Ok(None);
        };
        let other =
            || AwsError::new(OPERATION, arn, ErrorKind::Invalid, "an answer of another form");
        if first(&answer, "networkInterfaceId") != Some(arn.name()) {
            return Err(other());
        }
        let addresses = all(&answer, "privateIpAddress").chain(all(&answer, "ipv6Address"));
        Ok(Some(Described {
            is_of_lambda: first(&answer, "interfaceType") == Some("lambda"),
            subnet: first(&answer, "subnetId").ok_or_else(other)?.to_owned(),
            groups: all(&answer, "groupId").map(str::to_owned).collect(),
            addresses: addresses.filter_map(|address| address.parse().ok()).collect(),
        }))
    }

    async fn functions_behind(
        &self,
        described: &Described,
    ) -> Result<BTreeSet<FunctionArn>, AwsError> {
        let attached = self.attached().await?;
        let is_there = |network: &VpcAttachment| {
            let groups: BTreeSet<&String> = network.security_groups.iter().collect();
            network.subnets.contains(&described.subnet)
                && groups.iter().copied().eq(&described.groups)
        };
        let behind = attached.iter().filter(|(_, network)| is_there(network));
        Ok(behind.map(|(function, _)| function.clone()).collect())
    }

    async fn attached(&self) -> Result<Attached, AwsError> {
        let kept = self.interfaces().attached.borrow().clone();
        if let Some(known) = kept.and_then(|kept| kept.still(LASTS)) {
            return Ok(known);
        }
        let list = self.lambda().await.list_functions().function_version(FunctionVersion::All);
        let mut pages = list.into_paginator().items().send();
        let mut attached = Vec::new();
        while let Some(one) = pages.next().await {
            let one = one.map_err(failed("ListFunctions", "this Region"))?;
            let network = vpc_attachment(one.vpc_config.as_ref());
            let arn = one.function_arn.as_deref().map(FunctionResource::parse_arn);
            if let (Some(Ok(version)), false) = (arn, network.subnets.is_empty()) {
                attached.push((version.function, network));
            }
        }
        let attached = Rc::new(attached);
        self.interfaces().attached.replace(Some(Kept::now(Rc::clone(&attached))));
        Ok(attached)
    }
}

/// The texts of all elements of this name. What people write stands escaped in an answer, so that no tag of
/// theirs can be taken for one.
fn all<'a>(answer: &'a str, element: &str) -> impl Iterator<Item = &'a str> {
    let (start, end) = (format!("<{element}>"), format!("</{element}>"));
    let mut rest = answer;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&start)?;
        let (text, behind) = after.split_once(&end)?;
        rest = behind;
        Some(text)
    })
}

fn first<'a>(answer: &'a str, element: &str) -> Option<&'a str> {
    all(answer, element).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_taken_for_no_element() {
        let answer = "<item><networkInterfaceId>eni-1</networkInterfaceId>\
                      <description>&lt;subnetId&gt;subnet-9&lt;/subnetId&gt;</description>\
                      <subnetId>subnet-1</subnetId><groupSet><item><groupId>sg-1</groupId></item>\
                      <item><groupId>sg-2</groupId></item></groupSet></item>";
        assert_eq!(first(answer, "subnetId"), Some("subnet-1"));
        assert_eq!(all(answer, "groupId").collect::<Vec<_>>(), ["sg-1", "sg-2"]);
        assert_eq!(first(answer, "interfaceType"), None);
        assert_eq!(first("<subnetId>cut off", "subnetId"), None);
    }
}
