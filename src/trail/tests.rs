//! Tests of trails: what AWS documents, and random selectors against concrete events.

use super::*;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::json;

const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:orders";

fn read(selectors: serde_json::Value) -> Selectors {
    serde_json::from_value(selectors).unwrap()
}

fn basic(selectors: serde_json::Value) -> Selectors {
    read(json!({ "TrailARN": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t",
                 "EventSelectors": selectors }))
}

/// One advanced selector for Lambda's data events, with more fields.
fn advanced(fields: &[serde_json::Value]) -> serde_json::Value {
    let mut all = vec![
        json!({ "Field": "eventCategory", "Equals": ["Data"] }),
        json!({ "Field": "resources.type", "Equals": ["AWS::Lambda::Function"] }),
    ];
    all.extend(fields.iter().cloned());
    json!({ "FieldSelectors": all })
}

fn several(selectors: &[serde_json::Value]) -> Selectors {
    read(json!({ "AdvancedEventSelectors": selectors }))
}

fn lambda(kind: &str, values: &[&str]) -> serde_json::Value {
    json!({ "ReadWriteType": kind, "IncludeManagementEvents": true,
            "DataResources": [{ "Type": "AWS::Lambda::Function", "Values": values }] })
}

fn invoke(arn: &str) -> Activity<'_> {
    Activity {
        category: "Data",
        read_only: false,
        source: "lambda.amazonaws.com",
        name: "Invoke",
        kind: "AwsApiCall",
        resource_type: Some(LAMBDA_FUNCTION),
        resource_arn: Some(arn),
        identity_arn: Some("arn:aws:iam::111122223333:user/ann"),
        from_console: false,
    }
}

fn trail(selectors: Selectors) -> Trail {
    Trail {
        settings: TrailSettings {
            trail_arn: "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t".to_owned(),
            home_region: "eu-west-1".to_owned(),
            is_multi_region_trail: true,
            is_organization_trail: true,
            include_global_service_events: true,
            log_file_validation_enabled: true,
            s3_bucket_name: "logs".to_owned(),
            s3_key_prefix: None,
            kms_key_id: Some("arn:aws:kms:eu-west-1:111122223333:key/k".to_owned()),
            cloud_watch_logs_log_group_arn: None,
        },
        logging: true,
        selectors,
    }
}

#[test]
fn all_functions_in_reads_and_writes_are_full_coverage() {
    for selectors in [
        basic(json!([lambda("All", &["arn:aws:lambda"])])),
        basic(json!([
            lambda("ReadOnly", &["arn:aws:lambda"]),
            lambda("WriteOnly", &["arn:aws:lambda"])
        ])),
        several(&[advanced(&[])]),
        several(&[advanced(&[
            json!({ "Field": "resources.ARN", "StartsWith": ["arn:aws:lambda:"] }),
        ])]),
        several(&[advanced(&[
            json!({ "Field": "eventSource", "Equals": ["lambda.amazonaws.com"] }),
        ])]),
        several(&[advanced(&[
            json!({ "Field": "resources.ARN", "NotStartsWith": ["arn:aws:s3:"] }),
        ])]),
        several(&[
            advanced(&[json!({ "Field": "readOnly", "Equals": ["true"] })]),
            advanced(&[json!({ "Field": "readOnly", "Equals": ["false"] })]),
        ]),
        several(&[
            advanced(&[json!({ "Field": "userIdentity.arn", "NotStartsWith": ["arn:aws:sts:"] })]),
            advanced(&[json!({ "Field": "userIdentity.arn", "StartsWith": ["arn:aws:"] })]),
        ]),
    ] {
        assert_eq!(selectors.coverage("aws"), Coverage::Full, "{selectors:?}");
        assert!(selectors.record(&invoke(FUNCTION)));
        assert_eq!(selectors.repair("aws"), Ok(selectors.clone()));
    }
}

#[test]
fn what_narrows_is_named() {
    let field = |field: &str| Narrowing::Field(field.to_owned());
    let both = [Narrowing::Writes, Narrowing::Reads];
    for (selectors, wanted) in [
        (basic(json!([lambda("WriteOnly", &["arn:aws:lambda"])])), vec![Narrowing::Reads]),
        (basic(json!([lambda("ReadOnly", &["arn:aws:lambda"])])), vec![Narrowing::Writes]),
        (
            basic(json!([lambda("All", &[FUNCTION])])),
            [&both[..], &[Narrowing::NamedFunctions(1)]].concat(),
        ),
        (
            several(&[advanced(&[json!({ "Field": "resources.ARN", "StartsWith": [FUNCTION] })])]),
            [&both[..], &[field("resources.ARN")]].concat(),
        ),
        (
            several(&[advanced(&[json!({ "Field": "userIdentity.arn", "NotEquals": ["a"] })])]),
            [&both[..], &[field("userIdentity.arn")]].concat(),
        ),
        (
            several(&[advanced(&[json!({ "Field": "eventName", "NotEquals": ["Invoke"] })])]),
            [&both[..], &[field("eventName")]].concat(),
        ),
    ] {
        assert_eq!(selectors.coverage("aws"), Coverage::Partial(wanted), "{selectors:?}");
    }
}

#[test]
fn nothing_of_lambda_is_no_coverage() {
    for selectors in [
        basic(json!([])),
        basic(json!([{ "ReadWriteType": "All", "IncludeManagementEvents": true }])),
        basic(
            json!([{ "DataResources": [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3"] }] }]),
        ),
        basic(json!([lambda("All", &[])])),
        basic(json!([lambda("All", &["arn:aws-cn:lambda"])])),
        several(&[
            json!({ "FieldSelectors": [{ "Field": "eventCategory", "Equals": ["Management"] }] }),
        ]),
        several(&[advanced(&[json!({ "Field": "resources.ARN", "NotStartsWith": ["arn:"] })])]),
        several(&[advanced(&[
            json!({ "Field": "eventSource", "NotEquals": ["lambda.amazonaws.com"] }),
        ])]),
    ] {
        assert_eq!(selectors.coverage("aws"), Coverage::None, "{selectors:?}");
        assert!(!selectors.record(&invoke(FUNCTION)), "{selectors:?}");
    }
}

#[test]
fn a_function_is_named_exactly_and_a_bucket_by_its_beginning() {
    let selectors = basic(json!([lambda("All", &[FUNCTION])]));
    assert!(selectors.record(&invoke(FUNCTION)));
    assert!(!selectors.record(&invoke(&format!("{FUNCTION}2"))));
    let selectors = basic(json!([{ "DataResources": [
        { "Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::logs/a"] },
    ] }]));
    let object =
        Activity { resource_type: Some("AWS::S3::Object"), ..invoke("arn:aws:s3:::logs/ab") };
    assert!(selectors.record(&object));
}

#[test]
fn what_one_selector_leaves_out_has_to_be_in_another_one() {
    let without = |names: &[&str]| advanced(&[json!({ "Field": "eventName", "NotEquals": names })]);
    let only = |name: &str| advanced(&[json!({ "Field": "eventName", "Equals": [name] })]);
    let coverage = |selectors: &[serde_json::Value]| several(selectors).coverage("aws");
    assert_eq!(coverage(&[without(&["a", "b"]), only("a"), only("b")]), Coverage::Full);
    assert_eq!(coverage(&[without(&["a", "b"]), without(&["c"])]), Coverage::Full);
    assert_ne!(coverage(&[without(&["a", "b"]), only("a")]), Coverage::Full);
    assert_ne!(coverage(&[without(&["a"]), without(&["a", "b"])]), Coverage::Full);
}

#[test]
fn a_condition_more_is_a_loss_and_a_condition_less_is_none() {
    let arn = |more: serde_json::Value| {
        let mut field = json!({ "Field": "resources.ARN", "StartsWith": ["arn:aws:lambda:eu"] });
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        trail(several(&[advanced(&[field])]))
    };
    let wide = arn(json!({}));
    for more in [
        json!({ "NotEquals": [FUNCTION] }),
        json!({ "NotStartsWith": ["arn:aws:lambda:eu-west-1"] }),
        json!({ "NotEndsWith": ["orders"] }),
    ] {
        let narrow = arn(more);
        assert_eq!(narrows(&wide, &narrow), [Loss::LambdaDataEvents]);
        assert_eq!(narrows(&narrow, &wide), []);
    }
    assert_eq!(narrows(&wide, &arn(json!({ "NotStartsWith": ["arn:aws:s3"] }))), []);
}

/// The example of
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html>.
#[test]
fn conditions_on_one_field_add_up_as_aws_documents() {
    let selectors = several(&[json!({ "FieldSelectors": [
        { "Field": "eventCategory", "Equals": ["Data"] },
        { "Field": "resources.type", "Equals": ["AWS::S3::Object"] },
        { "Field": "resources.ARN",
          "Equals": ["b/object1"], "StartsWith": ["b/"], "EndsWith": ["object3"],
          "NotStartsWith": ["b/deselect"], "NotEndsWith": ["object5"], "NotEquals": ["b/object6"] },
    ] })]);
    for (arn, wanted) in [
        ("b/object1", true),
        ("b/object2", true),
        ("c/object3", true),
        ("b/deselectObject4", false),
        ("b/object5", false),
        ("b/object6", false),
        ("c/object1", false),
    ] {
        let object = Activity { resource_type: Some("AWS::S3::Object"), ..invoke(arn) };
        assert_eq!(selectors.record(&object), wanted, "{arn}");
    }
}

#[test]
fn a_trail_covers_what_it_logs_and_where() {
    let full = || basic(json!([lambda("All", &["arn:aws:lambda"])]));
    assert_eq!(trail(full()).coverage(), Coverage::Full);
    assert_eq!(Trail { logging: false, ..trail(full()) }.coverage(), Coverage::None);
    let mut here = trail(full());
    here.settings.is_multi_region_trail = false;
    let region = Narrowing::OneRegion("eu-west-1".to_owned());
    assert_eq!(here.coverage(), Coverage::Partial(vec![region]));
}

#[test]
fn the_api_s_json_is_read_and_written_back() {
    let basic = json!({ "EventSelectors": [{
        "ReadWriteType": "WriteOnly", "IncludeManagementEvents": false,
        "DataResources": [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3"] }],
        "ExcludeManagementEventSources": ["kms.amazonaws.com"],
    }] });
    let advanced = json!({ "AdvancedEventSelectors": [{ "Name": "n", "FieldSelectors": [
        { "Field": "eventCategory", "Equals": ["Data"] },
        { "Field": "eventName", "StartsWith": ["a"], "EndsWith": ["b"], "NotEquals": ["c"],
          "NotStartsWith": ["d"], "NotEndsWith": ["e"] },
    ] }] });
    for selectors in [basic, advanced] {
        assert_eq!(serde_json::to_value(read(selectors.clone())).unwrap(), selectors);
    }
    let defaults = basic_selector_of("{}");
    assert!(defaults.include_management_events);
    assert_eq!(defaults.read_write_type, ReadWriteType::All);
    let settings: TrailSettings = serde_json::from_value(json!({
        "Name": "t", "TrailARN": "arn:aws-cn:cloudtrail:cn-north-1:111122223333:trail/t",
        "S3BucketName": "logs", "IsMultiRegionTrail": true, "KmsKeyId": "k",
    }))
    .unwrap();
    assert_eq!((settings.partition(), &*settings.s3_bucket_name), ("aws-cn", "logs"));
    assert!(settings.is_multi_region_trail && settings.kms_key_id.is_some());
}

fn basic_selector_of(text: &str) -> EventSelector {
    serde_json::from_str(text).unwrap()
}

#[test]
fn what_could_not_be_written_back_is_refused() {
    for text in [
        r#"{"EventSelectors":[{"Unheard":1}]}"#,
        r#"{"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"a","Contains":["b"]}]}]}"#,
        r#"{"EventSelectors":[{}],"AdvancedEventSelectors":[{"FieldSelectors":[]}]}"#,
    ] {
        assert!(serde_json::from_str::<Selectors>(text).is_err(), "{text}");
    }
}

#[test]
fn the_addition_is_the_smallest() {
    let s3 = json!({ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3"] });
    for (before, after) in [
        (
            basic(json!([{ "DataResources": [s3.clone()] }])),
            basic(
                json!([{ "DataResources": [s3, { "Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"] }] }]),
            ),
        ),
        (
            basic(json!([
                lambda("WriteOnly", &["arn:aws:lambda"]),
                lambda("ReadOnly", &[FUNCTION])
            ])),
            basic(json!([
                lambda("WriteOnly", &["arn:aws:lambda"]),
                lambda("ReadOnly", &[FUNCTION, "arn:aws:lambda"])
            ])),
        ),
        (
            basic(json!([{ "ReadWriteType": "ReadOnly" }])),
            basic(json!([{ "ReadWriteType": "ReadOnly" }, {
                "ReadWriteType": "All", "IncludeManagementEvents": false,
                "DataResources": [{ "Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"] }],
            }])),
        ),
        (basic(json!([])), basic(json!([lambda("All", &["arn:aws:lambda"])]))),
    ] {
        assert_eq!(before.repair("aws"), Ok(after));
    }
    let Ok(Selectors::Advanced(after)) =
        several(&[advanced(&[json!({ "Field": "eventName", "Equals": ["Invoke"] })])])
            .repair("aws")
    else {
        panic!("advanced selectors stay advanced");
    };
    assert_eq!(after.len(), 2);
    let china = basic(json!([{}])).repair("aws-cn").unwrap();
    assert_eq!(china.coverage("aws-cn"), Coverage::Full);
}

#[test]
fn the_limits_of_the_api_are_kept() {
    let resource = |kind: &str, count: usize| {
        let values: Vec<String> = (0..count).map(|n| format!("{FUNCTION}-{n}")).collect();
        json!([{ "DataResources": [{ "Type": kind, "Values": values }] }])
    };
    let names = basic(resource("AWS::Lambda::Function", 250)).repair("aws").unwrap();
    assert_eq!(
        names,
        basic(json!([{ "DataResources": [
        { "Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"] },
    ] }]))
    );
    let full = basic(resource("AWS::S3::Object", 250));
    assert_eq!(full.repair("aws"), Err(Irreparable::DataResources));

    let five = |kinds: [&str; 5]| {
        basic(kinds.iter().map(|kind| json!({ "ReadWriteType": kind })).collect())
    };
    assert_eq!(five(["ReadOnly"; 5]).repair("aws"), Err(Irreparable::Selectors));
    let mixed = five(["ReadOnly", "ReadOnly", "WriteOnly", "WriteOnly", "WriteOnly"]);
    assert_eq!(mixed.repair("aws").unwrap().coverage("aws"), Coverage::Full);

    let values = |count: usize| (0..count).map(|n| format!("n{n}")).collect::<Vec<_>>();
    let narrow = advanced(&[json!({ "Field": "eventName", "Equals": values(497) })]);
    let Ok(Selectors::Advanced(after)) = several(&[narrow]).repair("aws") else {
        panic!("it fits")
    };
    assert_eq!(after.len(), 1);
    let other = json!({ "FieldSelectors": [{ "Field": "eventName", "Equals": values(499) }] });
    let other = json!({ "FieldSelectors": [other["FieldSelectors"][0], { "Field": "eventCategory", "Equals": ["Management"] }] });
    assert_eq!(several(&[other]).repair("aws"), Err(Irreparable::Values));
}

#[test]
fn each_way_to_narrow_a_trail_is_noticed() {
    let selectors = || basic(json!([lambda("All", &["arn:aws:lambda"])]));
    let before = trail(selectors());
    assert_eq!(narrows(&before, &before), []);
    let changed = |change: &dyn Fn(&mut Trail)| {
        let mut after = before.clone();
        change(&mut after);
        narrows(&before, &after)
    };
    for (change, loss) in [
        (&(|t: &mut Trail| t.logging = false) as &dyn Fn(&mut Trail), Loss::Everything),
        (&|t| t.settings.is_multi_region_trail = false, Loss::OtherRegions),
        (&|t| t.settings.is_organization_trail = false, Loss::OtherAccounts),
        (&|t| t.settings.include_global_service_events = false, Loss::GlobalServices),
        (&|t| t.settings.log_file_validation_enabled = false, Loss::Validation),
        (&|t| t.settings.s3_bucket_name = "other".to_owned(), Loss::Destination),
        (&|t| t.settings.s3_key_prefix = Some("p".to_owned()), Loss::Destination),
        (&|t| t.settings.kms_key_id = None, Loss::Key),
        (&|t| t.selectors = basic(json!([{}])), Loss::LambdaDataEvents),
        (&|t| t.selectors = several(&[advanced(&[])]), Loss::ManagementEvents),
    ] {
        assert_eq!(changed(change), [loss]);
    }
}

#[test]
fn a_first_key_is_a_loss_where_a_stranger_owns_it() {
    let mut before = trail(basic(json!([])));
    before.settings.kms_key_id = None;
    for (account, losses) in [("111122223333", vec![]), ("444455556666", vec![Loss::Key])] {
        let mut after = before.clone();
        after.settings.kms_key_id = Some(format!("arn:aws:kms:eu-west-1:{account}:key/k"));
        assert_eq!(narrows(&before, &after), losses);
    }
}

#[test]
fn selectors_of_the_other_kind_that_record_as_much_lose_nothing() {
    let before = trail(basic(json!([lambda("All", &["arn:aws:lambda", FUNCTION])])));
    let management =
        json!({ "FieldSelectors": [{ "Field": "eventCategory", "Equals": ["Management"] }] });
    let after = trail(several(&[advanced(&[]), management]));
    assert_eq!(narrows(&before, &after), []);
    assert_eq!(narrows(&after, &before), []);
}

const ARNS: [&str; 6] = [
    FUNCTION,
    "arn:aws:lambda:eu-west-1:111122223333:function:orders2",
    "arn:aws:lambda:us-east-1:444455556666:function:b",
    "arn:aws:s3:::logs/a",
    "arn:aws:s3:::logs/ab",
    "arn:aws:dynamodb:eu-west-1:111122223333:table/t",
];
const TEXTS: [&str; 14] = [
    "a",
    "b",
    "ab",
    "ba",
    "arn:",
    "arn:aws:lambda:",
    "orders",
    "2",
    "true",
    "false",
    "Data",
    "Management",
    LAMBDA_FUNCTION,
    "lambda.amazonaws.com",
];

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![select(TEXTS.to_vec()), select(ARNS.to_vec())].prop_map(str::to_owned)
}

fn some_basic() -> impl Strategy<Value = EventSelector> {
    let kinds = select(vec![ReadWriteType::All, ReadWriteType::ReadOnly, ReadWriteType::WriteOnly]);
    let values =
        select([&ARNS[..], &["arn:aws:lambda", "arn:aws:s3", "arn:aws:s3:::logs/"]].concat());
    let types = select(vec![LAMBDA_FUNCTION, "AWS::S3::Object", "AWS::DynamoDB::Table"]);
    let resource = (types, vec(values, 0..3)).prop_map(|(kind, values)| DataResource {
        kind: kind.to_owned(),
        values: values.into_iter().map(str::to_owned).collect(),
    });
    let excluded = prop_oneof![Just(vec![]), Just(vec!["kms.amazonaws.com".to_owned()])];
    (kinds, any::<bool>(), vec(resource, 0..3), excluded).prop_map(
        |(read_write_type, include_management_events, data_resources, excluded)| EventSelector {
            read_write_type,
            include_management_events,
            data_resources,
            exclude_management_event_sources: excluded,
        },
    )
}

fn some_field() -> impl Strategy<Value = AdvancedFieldSelector> {
    let fields = [
        "readOnly",
        "eventName",
        "resources.ARN",
        "userIdentity.arn",
        "eventSource",
        "eventType",
        "sessionCredentialFromConsole",
        "vpcEndpointId",
    ];
    let list = || prop_oneof![3 => Just(vec![]), 1 => vec(texts(), 1..3)];
    (select(fields.to_vec()), list(), list(), list(), list(), list(), list()).prop_map(
        |(field, equals, starts_with, ends_with, not_equals, not_starts_with, not_ends_with)| {
            AdvancedFieldSelector {
                field: field.to_owned(),
                equals,
                starts_with,
                ends_with,
                not_equals,
                not_starts_with,
                not_ends_with,
            }
        },
    )
}

fn some_advanced() -> impl Strategy<Value = AdvancedEventSelector> {
    let equals = |field: &str, value: &str| AdvancedFieldSelector {
        field: field.to_owned(),
        equals: vec![value.to_owned()],
        ..AdvancedFieldSelector::default()
    };
    let kinds = select(vec![
        vec![equals("eventCategory", "Management")],
        vec![equals("eventCategory", "Data"), equals("resources.type", LAMBDA_FUNCTION)],
        vec![equals("eventCategory", "Data"), equals("resources.type", LAMBDA_FUNCTION)],
        vec![equals("eventCategory", "Data"), equals("resources.type", "AWS::S3::Object")],
    ]);
    (kinds, vec(some_field(), 0..3)).prop_map(|(mut field_selectors, more)| {
        field_selectors.extend(more);
        AdvancedEventSelector { name: None, field_selectors }
    })
}

fn some_selectors() -> impl Strategy<Value = Selectors> {
    prop_oneof![
        vec(some_basic(), 0..6).prop_map(Selectors::Basic),
        vec(some_advanced(), 1..5).prop_map(Selectors::Advanced),
    ]
}

/// Many events: of every kind of the selectors, and with every text they may look for.
fn activities() -> Vec<Activity<'static>> {
    let mut all = Vec::new();
    for read_only in [true, false] {
        for from_console in [true, false] {
            for text in TEXTS.into_iter().chain(ARNS) {
                let event = Activity { read_only, from_console, ..invoke(FUNCTION) };
                for event in [
                    Activity { name: text, ..event },
                    Activity { identity_arn: Some(text), ..event },
                    Activity { kind: text, ..event },
                    Activity { identity_arn: None, ..event },
                ] {
                    for arn in ARNS {
                        let kind = match arn {
                            arn if arn.contains(":lambda:") => LAMBDA_FUNCTION,
                            arn if arn.contains(":s3:") => "AWS::S3::Object",
                            _ => "AWS::DynamoDB::Table",
                        };
                        all.push(Activity {
                            resource_arn: Some(arn),
                            resource_type: Some(kind),
                            ..event
                        });
                    }
                }
                for source in ["kms.amazonaws.com", "iam.amazonaws.com", text] {
                    let category = "Management";
                    let (resource_type, resource_arn) = (None, None);
                    all.push(Activity { category, source, resource_type, resource_arn, ..event });
                }
            }
        }
    }
    all
}

fn of_lambda(activity: &Activity<'_>) -> bool {
    activity.category == "Data" && activity.resource_type == Some(LAMBDA_FUNCTION)
}

/// `Selectors::record` for many events.
fn recorder(selectors: &Selectors) -> impl Fn(&Activity<'_>) -> bool + use<> {
    let clauses = clause::clauses(selectors);
    move |activity| clauses.iter().any(|clause| clause.matches(activity))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn coverage_is_what_is_recorded(selectors in some_selectors()) {
        let mut events = activities().into_iter().filter(of_lambda);
        let records = recorder(&selectors);
        match selectors.coverage("aws") {
            Coverage::Full => prop_assert!(events.all(|event| records(&event))),
            Coverage::None => prop_assert!(!events.any(|event| records(&event))),
            Coverage::Partial(narrowings) => prop_assert!(!narrowings.is_empty()),
        }
    }

    #[test]
    fn a_repair_covers_all_and_loses_nothing(selectors in some_selectors()) {
        if let Ok(repaired) = selectors.repair("aws") {
            prop_assert_eq!(repaired.coverage("aws"), Coverage::Full);
            let (records, now_records) = (recorder(&selectors), recorder(&repaired));
            for event in activities() {
                let recorded = now_records(&event);
                prop_assert!(recorded || !records(&event), "{event:?}");
                prop_assert!(recorded || !of_lambda(&event), "{event:?}");
                // And records no more than that.
                prop_assert!(!recorded || records(&event) || of_lambda(&event), "{event:?}");
            }
            prop_assert_eq!(narrows(&trail(selectors), &trail(repaired)), []);
        } else {
            prop_assert!(matches!(selectors, Selectors::Basic(list) if list.len() == 5));
        }
    }

    #[test]
    fn whatever_is_not_recorded_any_more_is_a_loss(before in some_selectors(), after in some_selectors()) {
        let losses = narrows(&trail(before.clone()), &trail(after.clone()));
        let (before, after) = (recorder(&before), recorder(&after));
        for event in activities() {
            if before(&event) && !after(&event) {
                let loss = match event.category {
                    "Management" => Loss::ManagementEvents,
                    _ if of_lambda(&event) => Loss::LambdaDataEvents,
                    _ => Loss::OtherEvents,
                };
                prop_assert!(losses.contains(&loss), "{event:?} {losses:?}");
            }
        }
    }

    #[test]
    fn what_was_taken_away_comes_back_without_a_loss(selectors in some_selectors()) {
        prop_assert_eq!(narrows(&trail(selectors.clone()), &trail(selectors)), []);
    }

    #[test]
    fn selectors_are_written_as_they_were_read(selectors in some_selectors()) {
        let text = serde_json::to_string(&selectors).unwrap();
        prop_assert_eq!(serde_json::from_str::<Selectors>(&text).unwrap(), selectors);
    }
}
