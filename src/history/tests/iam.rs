//! Roles, managed policies, users.

use super::*;
use crate::{
    resource::IdentityPolicy,
    state::{KeyStatus, RoleUse},
};

const TRUST: &str = r#"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"lambda.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"#;

fn new_role(more: &str) -> String {
    format!(r#"{{"roleName":"r","assumeRolePolicyDocument":"{TRUST}"{more}}}"#)
}

const ROLE: &str = r#"{"role":{"arn":"arn:aws:iam::111122223333:role/p/r"}}"#;
const INLINE: Told<'_> = (
    "iam:PutRolePolicy",
    r#"{"roleName":"r","policyName":"i","policyDocument":"%7B%22a%22%3A1%7D"}"#,
    "null",
);
const UNINLINE: Told<'_> = ("iam:DeleteRolePolicy", r#"{"roleName":"r","policyName":"i"}"#, "null");
const HIDDEN: Told<'_> = ("iam:PutRolePolicy", r#"{"omitted":true,"reason":"too large"}"#, "null");
const GONE: Told<'_> = ("iam:DeleteRole", r#"{"roleName":"r"}"#, "null");
const ADMIN: Told<'_> = (
    "iam:AttachRolePolicy",
    r#"{"roleName":"r","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
    "null",
);
const READ_ONLY: Told<'_> = (
    "iam:AttachRolePolicy",
    r#"{"roleName":"r","policyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}"#,
    "null",
);
const OWN: Told<'_> = (
    "iam:AttachRolePolicy",
    r#"{"roleName":"r","policyArn":"arn:aws:iam::111122223333:policy/own"}"#,
    "null",
);
const UNOWN: Told<'_> = (
    "iam:DetachRolePolicy",
    r#"{"roleName":"r","policyArn":"arn:aws:iam::111122223333:policy/own"}"#,
    "null",
);
const WRITTEN: Told<'_> = (
    "iam:CreatePolicy",
    r#"{"policyName":"own","policyDocument":"{\"v\":1}"}"#,
    r#"{"policy":{"arn":"arn:aws:iam::111122223333:policy/own","defaultVersionId":"v1"}}"#,
);
const SECOND: Told<'_> = (
    "iam:CreatePolicyVersion",
    r#"{"policyArn":"arn:aws:iam::111122223333:policy/own","policyDocument":"{\"v\":2}","setAsDefault":true}"#,
    r#"{"policyVersion":{"versionId":"v2","isDefaultVersion":true}}"#,
);
const BACK: Told<'_> = (
    "iam:SetDefaultPolicyVersion",
    r#"{"policyArn":"arn:aws:iam::111122223333:policy/own","versionId":"v1"}"#,
    "null",
);

/// Inline policies and attached ones, each with what it says.
fn policies(calls: &[Told<'_>]) -> Option<Option<Vec<(String, String)>>> {
    let known = History::after(calls).role_policies(&role())?;
    Some(known.map(|known| {
        let attached = known.attached.into_iter();
        let attached = attached.map(|(arn, live)| (arn.name().to_owned(), live.document));
        known.inline.into_iter().chain(attached).collect()
    }))
}

#[test]
fn a_role_that_was_made_has_what_it_was_given_since() {
    let asked = new_role("");
    let made = ("iam:CreateRole", &*asked, ROLE);
    let says = |all: &[(&str, &str)]| {
        Some(Some(
            all.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
        ))
    };
    for (calls, want) in [
        (vec![made], says(&[])),
        (vec![made, INLINE], says(&[("i", r#"{"a":1}"#)])),
        (vec![made, INLINE, UNINLINE], says(&[])),
        (vec![INLINE], None),
        (vec![made, HIDDEN], None),
        (vec![made, READ_ONLY], None),
        (vec![made, OWN], None),
        (vec![WRITTEN, made, OWN], says(&[("own", r#"{"v":1}"#)])),
        (vec![WRITTEN, made, OWN, SECOND], says(&[("own", r#"{"v":2}"#)])),
        (vec![WRITTEN, made, OWN, SECOND, BACK], says(&[("own", r#"{"v":1}"#)])),
        (vec![SECOND, made, OWN], says(&[("own", r#"{"v":2}"#)])),
        (vec![SECOND, made, OWN, BACK], None),
        (vec![made, OWN, UNOWN], says(&[])),
        (vec![made, GONE], Some(None)),
        (vec![GONE], Some(None)),
        (vec![], None),
    ] {
        assert_eq!(policies(&calls), want, "{calls:?}");
    }
    let admin = policies(&[made, ADMIN]).unwrap().unwrap();
    assert_eq!(admin[0].0, "AdministratorAccess");
}

#[test]
fn a_boundary_is_known_with_what_it_says() {
    let bound = new_role(r#","permissionsBoundary":"arn:aws:iam::111122223333:policy/own""#);
    let (made, free) = (("iam:CreateRole", &*bound, ROLE), new_role(""));
    let free = ("iam:CreateRole", &*free, ROLE);
    let lift = ("iam:DeleteRolePermissionsBoundary", r#"{"roleName":"r"}"#, "null");
    let put = (
        "iam:PutRolePermissionsBoundary",
        r#"{"roleName":"r","permissionsBoundary":"arn:aws:iam::111122223333:policy/own"}"#,
        "null",
    );
    for (calls, want) in [
        (vec![WRITTEN, made], Some(Some(r#"{"v":1}"#))),
        (vec![made], None),
        (vec![free], Some(None)),
        (vec![WRITTEN, put], Some(Some(r#"{"v":1}"#))),
        (vec![put, lift], Some(None)),
        (vec![INLINE], None),
        (vec![GONE], Some(None)),
    ] {
        let known = History::after(&calls).known(Read::Boundary(function(), role()));
        let known = known.map(|state| state.around(&function()).boundary.unwrap());
        let text = known.map(|boundary| boundary.map(|boundary| boundary.document));
        assert_eq!(text, want.map(|text| text.map(str::to_owned)), "{calls:?}");
    }
}

#[test]
fn the_role_of_functions_is_known_with_who_has_it() {
    let asked = new_role("");
    let made = ("iam:CreateRole", &*asked, ROLE);
    let read = || Read::ExecutionRole(RoleArn::parse("arn:aws:iam::111122223333:role/r").unwrap());
    let known =
        |calls: &[Told<'_>]| Some(History::after(calls).known(read())?.roles.remove("r").unwrap());
    let live = known(&[made, INLINE, MADE]).unwrap().unwrap();
    assert_eq!((live.arn, live.functions), (role(), [function()].into()));
    assert_eq!(live.inline.len(), 1);
    assert!(live.trust.starts_with(r#"{"Version""#));
    assert_eq!(known(&[made]), Some(None), "no function has it");
    assert_eq!(known(&[made, MADE, DELETED]), Some(None));
    assert_eq!(known(&[made, MADE, GONE]), Some(None));
    assert_eq!(known(&[MADE]), None, "the role is from before");
    let lost = ("lambda:UpdateFunctionConfiguration", r#"{"functionName":"g"}"#, "null");
    assert_eq!(known(&[made, lost]), None, "that function may have it");
    let other = CHANGED.2.replace("role/p/r", "role/other");
    let other = ("lambda:UpdateFunctionConfiguration", r#"{"functionName":"f"}"#, &*other);
    assert_eq!(known(&[made, MADE, other]), Some(None));
    let trusted =
        ("iam:UpdateAssumeRolePolicy", r#"{"roleName":"r","policyDocument":"{}"}"#, "null");
    assert_eq!(known(&[made, MADE, trusted]).unwrap().unwrap().trust, "{}");
    let hidden = ("iam:UpdateAssumeRolePolicy", r#"{"roleName":"r"}"#, "null");
    assert_eq!(known(&[made, MADE, hidden]), None);
}

#[test]
fn a_managed_policy_that_was_made_is_on_the_roles_it_was_attached_to() {
    let asked = new_role("");
    let made = ("iam:CreateRole", &*asked, ROLE);
    let own = arn("arn:aws:iam::111122223333:policy/own");
    let known = |calls: &[Told<'_>]| History::after(calls).known(Read::ManagedPolicy(own.clone()));
    let state = known(&[WRITTEN, made, MADE, OWN, SECOND]).unwrap();
    let managed = &state.managed[&own];
    assert_eq!((&*managed.default, managed.versions.len()), ("v2", 2));
    assert_eq!((managed.roles.len(), state.roles.len()), (1, 1));
    assert!(known(&[WRITTEN, made, MADE, OWN, UNOWN]).unwrap().roles.is_empty());
    assert!(known(&[SECOND, made, MADE, OWN]).is_none(), "others may have it");
    assert!(known(&[WRITTEN, MADE, OWN]).is_none(), "what else the role has is not known");
    let hidden = ("iam:AttachRolePolicy", r#"{"roleName":"r"}"#, "null");
    assert!(known(&[WRITTEN, hidden]).is_none(), "it may be this one");
    let gone =
        ("iam:DeletePolicy", r#"{"policyArn":"arn:aws:iam::111122223333:policy/own"}"#, "null");
    assert!(known(&[gone]).unwrap().managed[&own].roles.is_empty());
}

#[test]
fn who_else_uses_a_role_is_told_where_somebody_is_known_to() {
    let asked = new_role("");
    let made = ("iam:CreateRole", &*asked, ROLE);
    let other = MADE.2.replace("function:f", "function:g");
    let other = ("lambda:CreateFunction", r#"{"functionName":"g"}"#, &*other);
    let read = |calls: &[Told<'_>]| {
        let known = History::after(calls).known(Read::RoleUse(function(), role()))?;
        known.around(&function()).role_use
    };
    assert!(matches!(read(&[made, MADE, other]), Some(RoleUse::Shared(who)) if who.contains(":g")));
    assert_eq!(read(&[made, MADE]), None, "another Region may");
    let open = new_role("").replace(r#"{\"Service\":\"lambda.amazonaws.com\"}"#, r#"\"*\""#);
    assert!(matches!(read(&[("iam:CreateRole", &*open, ROLE)]), Some(RoleUse::Shared(_))));
}

#[test]
fn identity_policies_are_known_once_they_are_written() {
    let inline = |holder: &str| IdentityPolicy::Inline {
        holder: arn(&format!("arn:aws:iam::111122223333:{holder}")),
        name: "i".to_owned(),
    };
    let put_user =
        ("iam:PutUserPolicy", r#"{"userName":"u","policyName":"i","policyDocument":"{}"}"#, "null");
    let put_group = (
        "iam:PutGroupPolicy",
        r#"{"groupName":"g","policyName":"i","policyDocument":"{}"}"#,
        "null",
    );
    let unput = ("iam:DeleteUserPolicy", r#"{"userName":"u","policyName":"i"}"#, "null");
    let user = ("iam:CreateUser", r#"{"userName":"u"}"#, "null");
    let renamed = ("iam:UpdateUser", r#"{"userName":"u","newUserName":"v"}"#, "null");
    let gone = ("iam:DeleteUser", r#"{"userName":"u"}"#, "null");
    let hidden = ("iam:PutUserPolicy", r#"{"omitted":true}"#, "null");
    for (calls, holder, want) in [
        (vec![put_user], "user/u", Some(true)),
        (vec![put_user, renamed], "user/v", Some(true)),
        (vec![put_user, renamed], "user/u", Some(false)),
        (vec![put_user, unput], "user/u", Some(false)),
        (vec![put_user, hidden], "user/u", None),
        (vec![user], "user/team/u", Some(false)),
        (vec![put_user, gone], "user/u", Some(false)),
        (vec![put_group], "group/g", Some(true)),
        (vec![put_group], "user/g", None),
        (vec![INLINE], "role/r", Some(true)),
        (vec![], "user/u", None),
    ] {
        let policy = inline(holder);
        let known = History::after(&calls).known(Read::IdentityPolicy(policy.clone()));
        let there = known.map(|state| state.identity_policies[&policy].is_some());
        assert_eq!(there, want, "{holder} {calls:?}");
    }
    let admin = IdentityPolicy::Managed(arn("arn:aws:iam::aws:policy/AdministratorAccess"));
    assert!(History::default().known(Read::IdentityPolicy(admin)).is_some());
    let own = IdentityPolicy::Managed(arn("arn:aws:iam::111122223333:policy/AdministratorAccess"));
    assert!(History::default().known(Read::IdentityPolicy(own)).is_none());
}

#[test]
fn a_user_that_was_made_has_the_keys_it_was_given_since() {
    let user = ("iam:CreateUser", r#"{"userName":"u"}"#, "null");
    let key = (
        "iam:CreateAccessKey",
        "null",
        r#"{"accessKey":{"userName":"u","accessKeyId":"K","status":"Active"}}"#,
    );
    let off = ("iam:UpdateAccessKey", r#"{"accessKeyId":"K","status":"Inactive"}"#, "null");
    let deleted = ("iam:DeleteAccessKey", r#"{"userName":"u","accessKeyId":"K"}"#, "null");
    let of_root =
        ("iam:CreateAccessKey", "null", r#"{"accessKey":{"accessKeyId":"R","status":"Active"}}"#);
    let gone = ("iam:DeleteUser", r#"{"userName":"u"}"#, "null");
    let name = arn("arn:aws:iam::111122223333:user/u");
    let keys = |all: &[(&str, KeyStatus)]| {
        Some(Some(all.iter().map(|(id, status)| ((*id).to_owned(), *status)).collect()))
    };
    for (calls, want) in [
        (vec![user], keys(&[])),
        (vec![user, key], keys(&[("K", KeyStatus::Active)])),
        (vec![user, key, off], keys(&[("K", KeyStatus::Inactive)])),
        (vec![user, key, deleted], keys(&[])),
        (vec![user, of_root], keys(&[])),
        (vec![key], None),
        (vec![user, gone], Some(None)),
    ] {
        let known = History::after(&calls).known(Read::AccessKeys(name.clone()));
        assert_eq!(known.map(|state| state.access_keys[&name].clone()), want, "{calls:?}");
    }
}
