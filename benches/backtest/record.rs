//! One record, in CloudTrail's order of fields.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use crate::{
    catalogue::{Kind, SIGN_IN},
    chance::Chance,
    place::{Place, filled, uuid, written},
    session::Session,
};
use std::fmt::Write as _;

/// The share of calls that are denied, of those that no control looks at.
const DENIED: f64 = 0.02;

/// Appends one call that no control looks at.
pub fn of_kind(kind: &Kind, session: &Session, place: Place, chance: &mut Chance, to: &mut String) {
    let is_denied = kind.name != SIGN_IN && chance.is(DENIED);
    append(kind, session, place, is_denied, chance, to);
}

/// Appends one call that is looked for. It succeeds.
pub fn planted(kind: &Kind, session: &Session, place: Place, chance: &mut Chance, to: &mut String) {
    append(kind, session, place, false, chance, to);
}

fn append(
    kind: &Kind,
    session: &Session,
    place: Place,
    is_denied: bool,
    chance: &mut Chance,
    to: &mut String,
) {
    let mut fill = |text: &str| {
        let mut filled_in = String::new();
        filled(text, place, chance, &mut filled_in);
        filled_in
    };
    let (request, response) = (fill(kind.request), fill(kind.response));
    let (additional, resources) = (fill(kind.additional), fill(kind.resources));
    Record {
        session,
        service: kind.service,
        name: kind.name,
        read_only: kind.read_only,
        is_denied,
        request: &request,
        response: if is_denied { "null" } else { &response },
        additional: &additional,
        resources: &resources,
    }
    .append(place, chance, to);
}

/// What a record tells of a call.
pub struct Record<'a> {
    /// Who called.
    pub session: &'a Session,
    /// The service, as in `eventSource` without `.amazonaws.com`.
    pub service: &'a str,
    /// `eventName`.
    pub name: &'a str,
    /// Whether it changes nothing.
    pub read_only: bool,
    /// Whether the caller may not.
    pub is_denied: bool,
    /// `requestParameters`.
    pub request: &'a str,
    /// `responseElements`.
    pub response: &'a str,
    /// `additionalEventData`; empty: left out.
    pub additional: &'a str,
    /// `resources`; empty: left out.
    pub resources: &'a str,
}

impl Record<'_> {
    /// Appends it, after a comma unless it is the first.
    pub fn append(&self, place: Place, chance: &mut Chance, to: &mut String) {
        let Self { session, service, name, request, response, .. } = self;
        let Place { account, region, at, .. } = place;
        let at = written(at);
        if !to.ends_with('[') {
            to.push(',');
        }
        let mut add = |text: std::fmt::Arguments<'_>| to.write_fmt(text).expect("text");
        add(format_args!(r#"{{"eventVersion":"1.11","userIdentity":{},"#, session.identity));
        add(format_args!(r#""eventTime":"{at}","eventSource":"{service}.amazonaws.com","#));
        add(format_args!(r#""eventName":"{name}","awsRegion":"{region}","#));
        add(format_args!(r#""sourceIPAddress":"{}","#, session.address));
        add(format_args!(r#""userAgent":"{}","#, session.agent));
        if self.is_denied {
            add(format_args!(
                r#""errorCode":"AccessDenied","errorMessage":"User is not authorized to perform: {service}:{name} because no identity-based policy allows the {service}:{name} action","#
            ));
        }
        add(format_args!(r#""requestParameters":{request},"responseElements":{response},"#));
        if !self.additional.is_empty() {
            add(format_args!(r#""additionalEventData":{},"#, self.additional));
        }
        let (request_id, event_id) = (uuid(chance), uuid(chance));
        add(format_args!(r#""requestID":"{request_id}","eventID":"{event_id}","#));
        add(format_args!(r#""readOnly":{},"#, self.read_only));
        if !self.resources.is_empty() {
            add(format_args!(r#""resources":{},"#, self.resources));
        }
        let event_type = if *name == SIGN_IN { "AwsConsoleSignIn" } else { "AwsApiCall" };
        add(format_args!(r#""eventType":"{event_type}","managementEvent":true,"#));
        add(format_args!(r#""recipientAccountId":"{account}","eventCategory":"Management""#));
        // Calls of services for themselves come over no connection of a client.
        if session.identity.contains(r#""invokedBy""#) {
            return to.push('}');
        }
        add(format_args!(
            r#","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{service}.{region}.amazonaws.com"}}}}"#
        ));
    }
}
