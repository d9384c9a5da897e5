//! The digests that CloudTrail delivers beside its log files, every hour: no events, and to be passed over.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>

use crate::{
    made::Delivered,
    place::{ORGANIZATION, Place, written},
};
use libdeflater::{CompressionLvl, Compressor};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path};

const HOUR: i64 = 3_600;
const BUCKET: &str = "acme-organization-trail";

/// Writes a digest for each hour, account and Region.
pub fn write(delivered: &[Delivered], folder: &Path) {
    let mut hours: BTreeMap<_, Vec<&Delivered>> = BTreeMap::new();
    for one in delivered {
        let Place { account, region, at, .. } = one.place;
        hours.entry((account, region, at / HOUR)).or_default().push(one);
    }
    let mut compressor = Compressor::new(CompressionLvl::default());
    for ((account, region, hour), files) in hours {
        let end = (hour + 1) * HOUR;
        let (day, moment) = (written(end), written(end).replace(['-', ':'], ""));
        let day = day.get(..10).unwrap_or_default().replace('-', "/");
        let at = format!("AWSLogs/{ORGANIZATION}/{account}/CloudTrail-Digest/{region}/{day}");
        let name =
            format!("{account}_CloudTrail-Digest_{region}_organization_{region}_{moment}.json.gz");
        let key = format!("{at}/{name}");
        let text = digest(account, hour, &key, &files).to_string();
        let mut packed = vec![0; compressor.gzip_compress_bound(text.len())];
        let length = compressor.gzip_compress(text.as_bytes(), &mut packed).expect("it fits");
        packed.truncate(length);
        fs::create_dir_all(folder.join(at)).expect("the folder can be made");
        fs::write(folder.join(key), packed).expect("the digest is written");
    }
}

fn digest(account: &str, hour: i64, key: &str, files: &[&Delivered]) -> Value {
    let log_file = |file: &&Delivered| {
        json!({
            "s3Bucket": BUCKET,
            "s3Object": file.key,
            "hashValue": file.sha256,
            "hashAlgorithm": "SHA-256",
            "newestEventTime": written(file.place.at + 299),
            "oldestEventTime": written(file.place.at),
        })
    };
    json!({
        "awsAccountId": account,
        "digestStartTime": written(hour * HOUR),
        "digestEndTime": written((hour + 1) * HOUR),
        "digestS3Bucket": BUCKET,
        "digestS3Object": key,
        "digestPublicKeyFingerprint": "31e8b5433410dfb61a9dc45cc65b22ff",
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": written((hour + 1) * HOUR - 1),
        "oldestEventTime": written(hour * HOUR),
        "previousDigestS3Bucket": null,
        "previousDigestS3Object": null,
        "previousDigestHashValue": null,
        "previousDigestHashAlgorithm": null,
        "previousDigestSignature": null,
        "logFiles": files.iter().map(log_file).collect::<Vec<_>>(),
    })
}
