//! An archive in S3, listed and read through the emulator.

use super::{ENFORCED, Told, archive::Archive};
use crate::{
    command_line::{Folder, Run},
    harness::{Emulator, World},
};
use aws_sdk_s3::{
    Client as S3,
    config::{BehaviorVersion, Credentials, Region},
    types::{BucketLocationConstraint, CreateBucketConfiguration},
};
use std::{path::Path, time::Duration};

async fn bucket(world: &World) -> (S3, String) {
    let credentials = Credentials::new("AKIAPERSON0000000000", "secret", None, None, "test");
    let config = aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(Emulator::get().url())
        .region(Region::new(world.region().to_owned()))
        .credentials_provider(credentials)
        .load()
        .await;
    let (s3, bucket) = (S3::new(&config), format!("trail-{}", world.region()));
    let place = BucketLocationConstraint::from(world.region());
    let place = CreateBucketConfiguration::builder().location_constraint(place).build();
    let create = s3.create_bucket().bucket(&bucket).create_bucket_configuration(place);
    create.send().await.expect("a bucket");
    (s3, bucket)
}

/// Every file of a folder becomes an object.
async fn upload(s3: &S3, bucket: &str, root: &Path) {
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let key = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let body = std::fs::read(&path).unwrap().into();
            s3.put_object().bucket(bucket).key(key).body(body).send().await.expect("an object");
        }
    }
}

fn run(world: &World, arguments: &[&str]) -> Run {
    let operator = world.operator(&[&["backtest", "--json"], arguments].concat());
    let (code, printed) = operator.wait(Duration::from_secs(60)).expect("it ends");
    let (out, err): (Vec<&str>, Vec<&str>) =
        printed.lines().partition(|line| line.starts_with('{'));
    Run { code, out: out.join("\n"), err: err.join("\n") }
}

#[tokio::test]
async fn what_is_in_s3_is_found_as_what_is_on_this_machine() {
    let world = World::new().await;
    let mut archive = Archive::default();
    archive.create_function("orders", "nodejs22.x");
    archive.add_permission("orders", "open", "*");
    archive.read_objects(30);
    let folder = Folder::anew("backtest-s3", &[("policy.yaml", ENFORCED.to_owned())]);
    let root = folder.path().join("archive");
    archive.write(&root);
    let (s3, bucket) = bucket(&world).await;
    upload(&s3, &bucket, &root).await;
    let policy = folder.path().join("policy.yaml");
    let policy = policy.to_str().unwrap();
    let local = Told::of(&folder.cordon(&["backtest", "archive", "--json"], ""));
    let url = format!("s3://{bucket}/AWSLogs/");
    let remote = run(&world, &["--policy", policy, &url]);
    assert_eq!(remote.code, 1, "{}", remote.err);
    let remote = Told::of(&remote);
    assert_eq!(remote.found(), local.found());
    assert_eq!(remote.summary["read"]["records"], local.summary["read"]["records"]);
    assert_eq!(remote.summary["read"]["passedOver"], 1);
    let file = remote.findings[0]["file"].as_str().unwrap();
    assert!(file.starts_with(&format!("s3://{bucket}/AWSLogs/")), "{file}");
    let missing = run(&world, &["--policy", policy, "s3://cordon-no-such-bucket/"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("NoSuchBucket"), "{}", missing.err);
}
