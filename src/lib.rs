//! Cordon guards AWS Lambda: it scopes or removes overbroad resource permissions, stops a
//! compromised function, tags what else is noncompliant, and can put everything back.
//!
//! ```text
//! EventBridge JSON -> event -> triage -> state -> decide -> plan -> journal -> apply -> report
//!                     event    controls  aws     decision         aws        aws      report
//! ```
//!
//! | module | owns |
//! |---|---|
//! | [`resource`] | names: accounts, functions, qualifiers, revisions |
//! | [`iam`] | resource policies: parse, expose, rewrite |
//! | [`finding`] | controls by name, evaluations, findings |
//! | [`state`] | what a decision may rest on |
//! | [`event`] | EventBridge JSON to [`event::Event`] |
//! | [`policy`] | the control policy |
//! | [`remediation`] | what can be done, and how it is undone |
//! | [`controls`] | one file a control |
//! | [`decision`] | the pure core |
//! | [`aws`] | the only place that knows the SDK |
//! | [`settings`] | what the deployment chose |
//! | [`report`] | log lines, metrics, notifications |
//! | [`handler`] | one invocation |
//! | [`restore`] | the way back of an incident |
//! | `cli` | the operator's command line |

pub mod aws;
#[cfg(feature = "cli")]
pub mod cli;
pub mod controls;
pub mod decision;
pub mod event;
pub mod finding;
pub mod handler;
pub mod iam;
pub mod policy;
pub mod remediation;
pub mod report;
pub mod resource;
#[cfg(feature = "cli")]
pub mod restore;
pub mod settings;
pub mod state;
