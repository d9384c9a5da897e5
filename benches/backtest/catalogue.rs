//! What most of an account's records are: calls that no control looks at, and how often each is made. The weights
//! are guesses after what accounts with containers, machines and functions commonly record. Several are of
//! Lambda or mention it, as real ones do: reads, roles that Lambda assumes, keys that are used for functions, and the log
//! streams that functions open.

use crate::session::Who;

/// One kind of call.
#[derive(Clone, Copy)]
pub struct Kind {
    /// How often it is made, beside the others.
    pub weight: i64,
    /// Whose call it is.
    pub who: Who,
    /// The service, as in `eventSource` without `.amazonaws.com`.
    pub service: &'static str,
    /// `eventName`.
    pub name: &'static str,
    /// Whether it changes nothing.
    pub read_only: bool,
    /// `requestParameters`, to be filled.
    pub request: &'static str,
    /// `responseElements`, to be filled.
    pub response: &'static str,
    /// `additionalEventData`, to be filled; empty: left out.
    pub additional: &'static str,
    /// `resources`, to be filled; empty: left out.
    pub resources: &'static str,
}

/// All of them.
pub const KINDS: &[Kind] = &[
    Kind {
        weight: 90,
        who: Who::Service("lambda.amazonaws.com"),
        request: r#"{"roleArn":"arn:aws:iam::<account>:role/<function>-role","roleSessionName":"<function>"}"#,
        response: ASSUMED,
        resources: r#"[{"accountId":"<account>","type":"AWS::IAM::Role","ARN":"arn:aws:iam::<account>:role/<function>-role"}]"#,
        ..read("sts", "AssumeRole")
    },
    Kind {
        weight: 25,
        who: Who::Service("ec2.amazonaws.com"),
        request: r#"{"roleArn":"arn:aws:iam::<account>:role/web-instance","roleSessionName":"i-<instance>"}"#,
        response: ASSUMED,
        resources: r#"[{"accountId":"<account>","type":"AWS::IAM::Role","ARN":"arn:aws:iam::<account>:role/web-instance"}]"#,
        ..read("sts", "AssumeRole")
    },
    Kind {
        weight: 35,
        who: Who::Service("ecs-tasks.amazonaws.com"),
        request: r#"{"roleArn":"arn:aws:iam::<account>:role/<team>-task","roleSessionName":"<hex:32>"}"#,
        response: ASSUMED,
        resources: r#"[{"accountId":"<account>","type":"AWS::IAM::Role","ARN":"arn:aws:iam::<account>:role/<team>-task"}]"#,
        ..read("sts", "AssumeRole")
    },
    Kind {
        weight: 40,
        who: Who::Task,
        request: r#"{"roleArn":"arn:aws:iam::<account>:role/<team>-reader","roleSessionName":"<team>-<number:900>","durationSeconds":3600}"#,
        response: ASSUMED,
        resources: r#"[{"accountId":"<account>","type":"AWS::IAM::Role","ARN":"arn:aws:iam::<account>:role/<team>-reader"}]"#,
        ..read("sts", "AssumeRole")
    },
    Kind { weight: 15, who: Who::Pipeline, ..read("sts", "GetCallerIdentity") },
    decrypt(
        90,
        Who::For("AWS Internal"),
        r#"{"encryptionContext":{"aws:lambda:FunctionArn":"arn:aws:lambda:<region>:<account>:function:<function>"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#,
    ),
    decrypt(
        60,
        Who::For("dynamodb.amazonaws.com"),
        r#"{"encryptionContext":{"aws:dynamodb:tableName":"<table>","aws:dynamodb:subscriberId":"<account>"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#,
    ),
    decrypt(
        60,
        Who::Task,
        r#"{"encryptionContext":{"PARAMETER_ARN":"arn:aws:ssm:<region>:<account>:parameter/<team>/<secret>"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#,
    ),
    Kind {
        weight: 40,
        who: Who::For("s3.amazonaws.com"),
        request: r#"{"keyId":"arn:aws:kms:<region>:<account>:key/<key>","encryptionContext":{"aws:s3:arn":"arn:aws:s3:::<bucket>"},"keySpec":"AES_256"}"#,
        additional: r#"{"keyMaterialId":"b1f7a0c25e3d4896a7b8c9d0e1f20314b5c6d7e8f90a1b2c3d4e5f60718293a4"}"#,
        resources: KEY,
        ..read("kms", "GenerateDataKey")
    },
    Kind {
        weight: 60,
        who: Who::Service("cloudtrail.amazonaws.com"),
        request: r#"{"bucketName":"<bucket>","Host":"<bucket>.s3.<region>.amazonaws.com","acl":""}"#,
        additional: S3,
        resources: r#"[{"accountId":"<account>","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::<bucket>"}]"#,
        ..read("s3", "GetBucketAcl")
    },
    Kind {
        weight: 20,
        who: Who::Person,
        request: r#"{"bucketName":"<bucket>","Host":"<bucket>.s3.<region>.amazonaws.com","location":""}"#,
        additional: S3,
        resources: r#"[{"accountId":"<account>","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::<bucket>"}]"#,
        ..read("s3", "GetBucketLocation")
    },
    Kind {
        weight: 60,
        who: Who::Person,
        request: r#"{"maxResults":100,"instancesSet":{},"filterSet":{"items":[{"name":"instance-state-name","valueSet":{"items":[{"value":"running"},{"value":"pending"}]}},{"name":"tag:team","valueSet":{"items":[{"value":"<team>"}]}}]}}"#,
        ..read("ec2", "DescribeInstances")
    },
    Kind {
        weight: 40,
        who: Who::Service("autoscaling.amazonaws.com"),
        request: r#"{"instancesSet":{"items":[{"instanceId":"i-<instance>"},{"instanceId":"i-<hex:17>"},{"instanceId":"i-<hex:17>"}]},"filterSet":{},"includeAllInstances":true}"#,
        ..read("ec2", "DescribeInstanceStatus")
    },
    Kind {
        weight: 30,
        who: Who::Task,
        request: r#"{"networkInterfaceIdSet":{},"filterSet":{"items":[{"name":"description","valueSet":{"items":[{"value":"AWS Lambda VPC ENI-<function>-<uuid>"}]}}]}}"#,
        ..read("ec2", "DescribeNetworkInterfaces")
    },
    Kind {
        weight: 40,
        who: Who::Service("ecs.amazonaws.com"),
        request: r#"{"subnetId":"subnet-<instance>","description":"arn:aws:ecs:<region>:<account>:attachment/<uuid>","groupSet":{"items":[{"groupId":"sg-<instance>"}]},"privateIpAddressesSet":{},"clientToken":"<uuid>"}"#,
        response: r#"{"requestId":"<uuid>","networkInterface":{"networkInterfaceId":"eni-<hex:17>","subnetId":"subnet-<instance>","vpcId":"vpc-0d1c2b3a495867701","availabilityZone":"<region>a","description":"arn:aws:ecs:<region>:<account>:attachment/<uuid>","ownerId":"<account>","requesterId":"578734482556","requesterManaged":true,"status":"pending","macAddress":"0a:1b:2c:3d:<number:90>:<number:90>","privateIpAddress":"10.30.<number:8>.<number:250>","privateDnsName":"ip-10-30-0-17.ec2.internal","sourceDestCheck":true,"interfaceType":"interface","groupSet":{"items":[{"groupId":"sg-<instance>","groupName":"<team>"}]},"privateIpAddressesSet":{"item":[{"privateIpAddress":"10.30.0.17","privateDnsName":"ip-10-30-0-17.ec2.internal","primary":true}]},"ipv6AddressesSet":{},"tagSet":{"items":[{"key":"aws:ecs:clusterName","value":"production"},{"key":"aws:ecs:serviceName","value":"<team>"}]}}}"#,
        ..write("ec2", "CreateNetworkInterface")
    },
    Kind {
        weight: 25,
        who: Who::Service("autoscaling.amazonaws.com"),
        request: r#"{"instancesSet":{"items":[{"minCount":1,"maxCount":1}]},"instanceType":"m7g.large","blockDeviceMapping":{},"availabilityZone":"<region>b","monitoring":{"enabled":false},"subnetId":"subnet-<instance>","disableApiTermination":false,"clientToken":"fleet-<uuid>-0","launchTemplate":{"launchTemplateId":"lt-<instance>","version":"17"},"tagSpecificationSet":{"items":[{"resourceType":"instance","tags":[{"key":"aws:autoscaling:groupName","value":"<team>-web"},{"key":"team","value":"<team>"}]}]}}"#,
        response: r#"{"requestId":"<uuid>","reservationId":"r-<hex:17>","ownerId":"<account>","groupSet":{},"instancesSet":{"items":[{"instanceId":"i-<hex:17>","imageId":"ami-0a1b2c3d4e5f60718","currentState":{"code":0,"name":"pending"},"previousState":{"code":0,"name":"pending"},"privateDnsName":"ip-10-20-3-<number:250>.ec2.internal","amiLaunchIndex":0,"productCodes":{},"instanceType":"m7g.large","launchTime":<number:1793577600>,"placement":{"availabilityZone":"<region>b","tenancy":"default"},"monitoring":{"state":"disabled"},"subnetId":"subnet-<instance>","vpcId":"vpc-0d1c2b3a495867701","privateIpAddress":"10.20.3.<number:250>","stateReason":{"code":"pending","message":"pending"},"architecture":"arm64","rootDeviceType":"ebs","rootDeviceName":"/dev/xvda","blockDeviceMapping":{},"virtualizationType":"hvm","hypervisor":"xen","tagSet":{"items":[{"key":"aws:autoscaling:groupName","value":"<team>-web"},{"key":"team","value":"<team>"},{"key":"aws:ec2launchtemplate:version","value":"17"}]},"groupSet":{"items":[{"groupId":"sg-<instance>","groupName":"web"}]},"sourceDestCheck":true,"networkInterfaceSet":{"items":[{"networkInterfaceId":"eni-<hex:17>","subnetId":"subnet-<instance>","vpcId":"vpc-0d1c2b3a495867701","ownerId":"<account>","status":"in-use","macAddress":"0a:1b:2c:3d:4e:<number:90>","privateIpAddress":"10.20.3.<number:250>","sourceDestCheck":true,"interfaceType":"interface","groupSet":{"items":[{"groupId":"sg-<instance>","groupName":"web"}]},"attachment":{"attachmentId":"eni-attach-<hex:17>","deviceIndex":0,"networkCardIndex":0,"status":"attaching","attachTime":1793577600,"deleteOnTermination":true},"tagSet":{}}]},"ebsOptimized":false,"enaSupport":true,"bootMode":"uefi","cpuOptions":{"coreCount":2,"threadsPerCore":1},"capacityReservationSpecification":{"capacityReservationPreference":"open"},"enclaveOptions":{"enabled":false},"metadataOptions":{"state":"pending","httpTokens":"required","httpPutResponseHopLimit":2,"httpEndpoint":"enabled","httpProtocolIpv4":"enabled","httpProtocolIpv6":"disabled","instanceMetadataTags":"disabled"},"maintenanceOptions":{"autoRecovery":"default"},"privateDnsNameOptions":{"hostnameType":"ip-name","enableResourceNameDnsARecord":false,"enableResourceNameDnsAAAARecord":false}}]},"requesterId":"227934610822"}"#,
        ..write("ec2", "RunInstances")
    },
    Kind {
        weight: 25,
        who: Who::Task,
        request: r#"{"tableName":"<table>"}"#,
        resources: r#"[{"accountId":"<account>","type":"AWS::DynamoDB::Table","ARN":"arn:aws:dynamodb:<region>:<account>:table/<table>"}]"#,
        ..read("dynamodb", "DescribeTable")
    },
    Kind {
        weight: 35,
        who: Who::Task,
        request: r#"{"logGroupName":"/ecs/<team>","logStreamName":"<team>/<hex:32>"}"#,
        ..write("logs", "CreateLogStream")
    },
    Kind {
        weight: 20,
        who: Who::Person,
        request: r#"{"logGroupNamePrefix":"/aws/lambda/<function>","limit":50}"#,
        ..read("logs", "DescribeLogGroups")
    },
    Kind {
        weight: 70,
        who: Who::Instance,
        request: r#"{"instanceId":"i-<instance>","agentVersion":"3.3.3050.0","agentStatus":"Active","platformType":"Linux","platformName":"Amazon Linux","platformVersion":"2023","iPAddress":"10.20.3.<number:250>","computerName":"ip-10-20-3-17.ec2.internal","agentName":"amazon-ssm-agent","availabilityZone":"<region>a","availabilityZoneId":"use1-az4","sSMConnectionChannel":"ssmmessages"}"#,
        ..write("ssm", "UpdateInstanceInformation")
    },
    Kind {
        weight: 40,
        who: Who::Task,
        request: r#"{"names":["/<team>/<secret>","/<team>/database-<secret>"],"withDecryption":true}"#,
        resources: r#"[{"accountId":"<account>","ARN":"arn:aws:ssm:<region>:<account>:parameter/<team>/<secret>"}]"#,
        ..read("ssm", "GetParameters")
    },
    Kind {
        weight: 30,
        who: Who::Task,
        request: r#"{"secretId":"arn:aws:secretsmanager:<region>:<account>:secret:<team>/database-<secret>"}"#,
        ..read("secretsmanager", "GetSecretValue")
    },
    Kind { weight: 20, who: Who::Task, request: "{}", ..read("ecr", "GetAuthorizationToken") },
    Kind {
        weight: 30,
        who: Who::For("ecs-tasks.amazonaws.com"),
        request: r#"{"repositoryName":"<team>","imageIds":[{"imageTag":"1.<number:90>.<number:900>"}],"acceptedMediaTypes":["application/vnd.docker.distribution.manifest.v2+json","application/vnd.oci.image.manifest.v1+json","application/vnd.oci.image.index.v1+json"],"registryId":"<account>"}"#,
        resources: r#"[{"accountId":"<account>","ARN":"arn:aws:ecr:<region>:<account>:repository/<team>"}]"#,
        ..read("ecr", "BatchGetImage")
    },
    Kind {
        weight: 20,
        who: Who::Task,
        request: r#"{"cluster":"production","services":["<team>"],"include":["TAGS"]}"#,
        ..read("ecs", "DescribeServices")
    },
    Kind {
        weight: 30,
        who: Who::User,
        request: r#"{"alarmNamePrefix":"<team>-","stateValue":"ALARM","maxRecords":100}"#,
        ..read("monitoring", "DescribeAlarms")
    },
    Kind {
        weight: 15,
        who: Who::Pipeline,
        request: r#"{"roleName":"<function>-role"}"#,
        ..read("iam", "GetRole")
    },
    Kind {
        weight: 12,
        who: Who::Pipeline,
        request: r#"{"roleName":"<function>-role"}"#,
        ..read("iam", "ListAttachedRolePolicies")
    },
    Kind {
        weight: 8,
        who: Who::Pipeline,
        request: r#"{"stackName":"<team>-service"}"#,
        ..read("cloudformation", "DescribeStackResources")
    },
    Kind {
        weight: 8,
        who: Who::Person,
        request: r#"{"maxResults":50,"startTime":"Nov 1, 2026, 12:00:00 AM","lookupAttributes":[{"attributeKey":"EventName","attributeValue":"UpdateFunctionCode20150331v2"}]}"#,
        ..read("cloudtrail", "LookupEvents")
    },
    Kind {
        weight: 3,
        who: Who::Person,
        request: "null",
        response: r#"{"ConsoleLogin":"Success"}"#,
        additional: r#"{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"No"}"#,
        ..write("signin", SIGN_IN)
    },
    Kind {
        weight: 8,
        who: Who::Pipeline,
        request: r#"{"functionName":"<function>"}"#,
        ..read("lambda", "GetFunction20150331v2")
    },
    Kind {
        weight: 3,
        who: Who::Pipeline,
        request: r#"{"functionName":"arn:aws:lambda:<region>:<account>:function:<function>"}"#,
        ..read("lambda", "GetPolicy20150331v2")
    },
    Kind {
        weight: 3,
        who: Who::Person,
        request: r#"{"maxItems":50,"marker":"<base64:40>"}"#,
        ..read("lambda", "ListFunctions20150331")
    },
    Kind {
        weight: 2,
        who: Who::Service("config.amazonaws.com"),
        request: r#"{"resource":"arn:aws:lambda:<region>:<account>:function:<function>"}"#,
        ..read("lambda", "ListTags20170331")
    },
    Kind {
        weight: 14,
        who: Who::Function,
        request: r#"{"logGroupName":"/aws/lambda/<function>","logStreamName":"2026/11/02/[$LATEST]<hex:32>"}"#,
        ..write("logs", "CreateLogStream")
    },
];

/// What a sign-in is called; it is no call of an API.
pub const SIGN_IN: &str = "ConsoleLogin";

const ASSUMED: &str = r#"{"credentials":{"accessKeyId":"ASIA<hex:16>","sessionToken":"IQoJb3JpZ2luX2VjE<base64:200>","expiration":"Nov 2, 2026, 6:00:00 PM"},"assumedRoleUser":{"assumedRoleId":"AROA<secret>:<team>","arn":"arn:aws:sts::<account>:assumed-role/<team>/<team>"}}"#;
const S3: &str = r#"{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"<base64:76>","bytesTransferredOut":<number:900>}"#;
const KEY: &str = r#"[{"accountId":"<account>","type":"AWS::KMS::Key","ARN":"arn:aws:kms:<region>:<account>:key/<key>"}]"#;

/// A call that only reads.
pub const fn read(service: &'static str, name: &'static str) -> Kind {
    Kind { read_only: true, ..write(service, name) }
}

/// A call that changes something.
pub const fn write(service: &'static str, name: &'static str) -> Kind {
    let (weight, who) = (0, Who::Person);
    let (request, response, additional, resources) = ("null", "null", "", "");
    Kind { weight, who, service, name, read_only: false, request, response, additional, resources }
}

const fn decrypt(weight: i64, who: Who, request: &'static str) -> Kind {
    let additional =
        r#"{"keyMaterialId":"b1f7a0c25e3d4896a7b8c9d0e1f20314b5c6d7e8f90a1b2c3d4e5f60718293a4"}"#;
    Kind { weight, who, request, additional, resources: KEY, ..read("kms", "Decrypt") }
}
