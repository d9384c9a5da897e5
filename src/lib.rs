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
//! | [`setting`] | the settings that remediations turn |
//! | [`flow`] | records of VPC flow logs |
//! | [`signature`] | texts in logs that are signs of an attack |
//! | [`event`] | EventBridge JSON to [`event::Event`] |
//! | [`policy`] | the control policy |
//! | [`trail`] | what a CloudTrail trail records |
//! | [`remediation`] | what can be done, and how it is undone |
//! | [`incident`] | where an incident and its steps stand, and what may follow |
//! | [`ledger`] | what was answered lately, and whether one more answer may be given |
//! | [`baseline`] | what the credentials of a function usually do |
//! | [`injection`] | variables that change what code runs |
//! | [`secret`] | whether a variable looks like a secret |
//! | [`salt`] | values hashed so that they can be compared and not guessed |
//! | [`state`] | what a decision may rest on |
//! | [`controls`] | one file a control |
//! | [`decision`] | the pure core |
//! | [`evidence`] | what is kept of a function that was stopped |
//! | [`delivery`] | where a control policy is delivered, and whether it may replace the one in force |
//! | [`aws`] | the only place that knows the SDK |
//! | [`settings`] | what the deployment chose |
//! | [`report`] | log lines, metrics, notifications |
//! | [`handler`] | one invocation |
//! | [`rollout`] | the control policy in force |
//! | `collector` | one collection of evidence, in a function of its own |
//! | [`restore`] | the way back of an incident |
//! | [`quarantine`] | the events a contained function missed |
//! | `archive` | archived events, however they are packed |
//! | `history` | AWS as archived calls tell it |
//! | `backtest` | a control policy over an archive |
//! | `cases` | tests of a control policy |
//! | `cli` | the operator's command line |

#[cfg(feature = "cli")]
pub mod archive;
#[cfg(feature = "aws")]
pub mod aws;
#[cfg(feature = "cli")]
pub mod backtest;
pub mod baseline;
#[cfg(feature = "cli")]
pub mod cases;
#[cfg(all(feature = "aws", feature = "cli"))]
pub mod cli;
#[cfg(feature = "evidence")]
pub mod collector;
pub mod controls;
pub mod decision;
pub mod delivery;
pub mod event;
pub mod evidence;
pub mod finding;
pub mod flow;
#[cfg(feature = "aws")]
pub mod handler;
#[cfg(feature = "cli")]
pub mod history;
pub mod iam;
pub mod incident;
pub mod injection;
pub mod ledger;
pub mod policy;
#[cfg(all(feature = "aws", feature = "cli"))]
pub mod quarantine;
pub mod remediation;
#[cfg(feature = "aws")]
pub mod report;
pub mod resource;
#[cfg(all(feature = "aws", feature = "cli"))]
pub mod restore;
#[cfg(feature = "aws")]
pub mod rollout;
pub mod salt;
pub mod secret;
pub mod setting;
#[cfg(feature = "aws")]
pub mod settings;
pub mod signature;
pub mod state;
pub mod trail;
