//! Signs that say little each, and together contain a function.

use crate::{
    integrity::{DEPLOY, MARIA, NAME, Shop},
    swapped::{MIGHTY, TOLD, arn, give, shop},
    telling::{controls, document, incident, statement},
};
use aws_sdk_lambda::{primitives::Blob, types::CodeSigningPolicy};
use serde_json::json;

/// What is reserved for the function.
async fn reserved(shop: &Shop) -> Option<i32> {
    let get = shop.world.account.lambda.get_function_concurrency().function_name(NAME);
    get.send().await.expect("an answer").reserved_concurrent_executions
}

#[tokio::test]
async fn a_mightier_role_on_a_function_that_was_opened_lately_contains_it() {
    let policy = format!("{TOLD}  function-policy.public: {{ mode: enforce }}\n");
    let shop = shop(&policy).await;
    let function = shop.world.arn(NAME);
    let open = document(&[statement("open-to-all", json!("*"), &function, None)]);
    shop.world.account.put_policy(&function, &open).await;
    let opened = shop.world.event("add-permission-public.json").replace("orders", NAME);
    let answer = shop.bootstrap.deliver(&opened);
    assert_eq!(controls(&answer), ["function-policy.public"], "{answer:?}");
    assert_eq!(reserved(&shop).await, None);
    give(&shop, MIGHTY).await;

    let answer = shop.told(MARIA, json!({ "role": arn(&shop, MIGHTY) })).await;

    assert_eq!(controls(&answer), ["execution-role.swapped"], "{answer:?}");
    assert_eq!(reserved(&shop).await, Some(0), "{answer:?}");
    let (code, printed) = shop.world.cordon(&["restore", &incident(&answer), "--force"]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(reserved(&shop).await, None);
}

const SIGNED: &str = r#"version: 1
defaults: { mode: "off" }
trusted: { principals: ["arn:aws:iam::111122223333:role/deploy"] }
controls:
  code-signing.weakened: { mode: enforce }
  change.untrusted-deployer: { mode: enforce }
"#;

#[tokio::test]
async fn code_signing_that_is_taken_away_and_code_that_is_not_signed_contain_it_together() {
    let shop = Shop::new(SIGNED).await;
    let enforced = shop.signing_config(CodeSigningPolicy::Enforce).await;
    shop.attach(&enforced).await;
    shop.change(|update| update.timeout(9)).await;
    let answer = shop.told(DEPLOY, json!({ "timeout": 9 })).await;
    assert!(controls(&answer).is_empty(), "{answer:?}");
    shop.detach().await;
    let answer = shop.told_of(MARIA, "DeleteFunctionCodeSigningConfig", json!({})).await;
    assert_eq!(controls(&answer), ["code-signing.weakened"], "{answer:?}");
    assert_eq!(reserved(&shop).await, None, "alone it only is told");
    let code = shop.world.account.lambda.update_function_code().function_name(NAME);
    code.zip_file(Blob::new("not signed")).send().await.expect("the code is changed");

    let answer = shop.told_of(MARIA, "UpdateFunctionCode20150331v2", json!({})).await;

    assert_eq!(controls(&answer), ["change.untrusted-deployer"], "{answer:?}");
    assert_eq!(reserved(&shop).await, Some(0), "{answer:?}");
}
