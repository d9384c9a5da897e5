//! Who calls: sessions of a few people, machines and functions, which stay the same throughout a file.

use crate::{
    chance::Chance,
    place::{Place, function, hex, key, own, written},
};

/// Whose call it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Somebody who came through IAM Identity Center.
    Person,
    /// A user with an access key.
    User,
    /// A virtual machine with a role.
    Instance,
    /// A container with a role.
    Task,
    /// A deployment.
    Pipeline,
    /// A function's code with its role.
    Function,
    /// The code of the function that the call's place owns, with its role.
    OwnFunction,
    /// A service of AWS for itself.
    Service(&'static str),
    /// A service of AWS with a session of its caller.
    For(&'static str),
}

/// What a record tells of its caller.
pub struct Session {
    /// `userIdentity`.
    pub identity: String,
    /// `sourceIPAddress`.
    pub address: String,
    /// `userAgent`.
    pub agent: String,
}

/// The sessions of one file.
pub struct Sessions {
    people: Vec<Session>,
    users: Vec<Session>,
    instances: Vec<Session>,
    tasks: Vec<Session>,
    pipelines: Vec<Session>,
    functions: Vec<Session>,
}

impl Sessions {
    /// Some for this place.
    pub fn of(place: Place, chance: &mut Chance) -> Self {
        let mut some = |many, make: fn(Place, &mut Chance) -> Session| {
            (0..many).map(|_| make(place, chance)).collect()
        };
        Self {
            people: some(6, person),
            users: some(2, user),
            instances: some(12, instance),
            tasks: some(12, task),
            pipelines: some(2, pipeline),
            functions: some(12, of_function),
        }
    }

    /// One of them; of a service the session is made for the call.
    pub fn any(&self, who: Who, place: Place, chance: &mut Chance) -> Session {
        let one = match who {
            Who::Person => chance.any(&self.people),
            Who::User => chance.any(&self.users),
            Who::Instance => chance.any(&self.instances),
            Who::Task => chance.any(&self.tasks),
            Who::Pipeline => chance.any(&self.pipelines),
            Who::Function => chance.any(&self.functions),
            Who::OwnFunction => return session_of(&own(place), place, chance),
            Who::Service(service) => {
                let identity = format!(r#"{{"type":"AWSService","invokedBy":"{service}"}}"#);
                return Session { identity, address: service.into(), agent: service.into() };
            }
            Who::For(service) => {
                let one = chance.any(&self.tasks);
                let identity = one.identity.strip_suffix('}').unwrap_or_default();
                let identity = format!(r#"{identity},"invokedBy":"{service}"}}"#);
                return Session { identity, address: service.into(), agent: service.into() };
            }
        };
        Session {
            identity: one.identity.clone(),
            address: one.address.clone(),
            agent: one.agent.clone(),
        }
    }
}

const BOTO: &str = "Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.8.0-85-generic md/arch#x86_64 \
    lang/python#3.13.7 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.40.61";
const JAVA: &str = "aws-sdk-java/2.35.4 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1.153-175.280.amzn2023.x86_64 \
    lang/java#21.0.8 md/OpenJDK_64-Bit_Server_VM#21.0.8+9-LTS md/vendor#Amazon.com_Inc. md/en_US m/D,N,e";
const BROWSER: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/141.0.0.0 Safari/537.36";
const AGENT: &str = "aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.25.1 md/GOOS#linux md/GOARCH#amd64 \
    exec-env/EC2 api/ssm#1.64.3 amazon-ssm-agent/3.3.3050.0";
const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) \
    terraform-provider-aws/6.15.0 (+https://registry.terraform.io/providers/hashicorp/aws) \
    aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.24.6 md/GOOS#linux md/GOARCH#amd64";

fn person(place: Place, chance: &mut Chance) -> Session {
    let names = ["maria", "jonas", "priya", "chen", "olga", "samuel", "fatima", "lucas"];
    let name = format!("{}@example.com", chance.any(&names));
    let role = "AWSReservedSSO_Developer_0f1e2d3c4b5a6978";
    let identity = assumed(place, chance, role, "aws-reserved/sso.amazonaws.com/", &name, "");
    let agent = if chance.is(0.6) { BROWSER } else { BOTO };
    Session { identity, address: format!("198.51.100.{}", chance.below(40)), agent: agent.into() }
}

fn user(place: Place, chance: &mut Chance) -> Session {
    let (id, key, account) = (key(chance, 17), key(chance, 16), place.account);
    let name = chance.any(&["backup-agent", "legacy-ci", "monitoring"]);
    let identity = format!(
        r#"{{"type":"IAMUser","principalId":"AIDA{id}","arn":"arn:aws:iam::{account}:user/{name}","accountId":"{account}","accessKeyId":"AKIA{key}","userName":"{name}"}}"#
    );
    Session { identity, address: format!("203.0.113.{}", chance.below(30)), agent: BOTO.into() }
}

fn instance(place: Place, chance: &mut Chance) -> Session {
    let role = format!("{}-instance", chance.any(&["web", "batch", "build", "proxy"]));
    let id = format!("i-{}", hex(chance, 17));
    let identity = assumed(place, chance, &role, "", &id, r#","ec2RoleDelivery":"2.0""#);
    Session {
        identity,
        address: format!("10.20.{}.{}", chance.below(8), chance.below(250)),
        agent: AGENT.into(),
    }
}

fn task(place: Place, chance: &mut Chance) -> Session {
    let (role, id) = (format!("{}-task", function(chance)), hex(chance, 32));
    let identity = assumed(place, chance, &role, "", &id, "");
    Session {
        identity,
        address: format!("10.30.{}.{}", chance.below(8), chance.below(250)),
        agent: JAVA.into(),
    }
}

fn pipeline(place: Place, chance: &mut Chance) -> Session {
    let name = format!("release-{}", chance.below(900));
    let identity = assumed(place, chance, "delivery-pipeline", "", &name, "");
    Session { identity, address: "198.51.100.27".into(), agent: TERRAFORM.into() }
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
fn of_function(place: Place, chance: &mut Chance) -> Session {
    let name = function(chance);
    session_of(&name, place, chance)
}

fn session_of(name: &str, place: Place, chance: &mut Chance) -> Session {
    let identity = assumed(place, chance, &format!("{name}-role"), "", name, "");
    let identity = identity.strip_suffix('}').unwrap_or_default();
    let arn = format!("arn:aws:lambda:{}:{}:function:{name}", place.region, place.account);
    let identity = format!(
        r#"{identity},"inScopeOf":{{"issuerType":"AWS::Lambda::Function","credentialsIssuedTo":"{arn}","credentialsIssuedToVersion":"{arn}:$LATEST"}}}}"#
    );
    let agent = BOTO.replace("cfg/", "exec-env/AWS_Lambda_python3.13 cfg/");
    Session { identity, address: format!("203.0.113.{}", 140 + chance.below(8)), agent }
}

fn assumed(
    place: Place,
    chance: &mut Chance,
    role: &str,
    path: &str,
    name: &str,
    more: &str,
) -> String {
    let (id, key, account) = (key(chance, 17), key(chance, 16), place.account);
    let since = written(place.at - chance.below(3_000));
    format!(
        r#"{{"type":"AssumedRole","principalId":"AROA{id}:{name}","arn":"arn:aws:sts::{account}:assumed-role/{role}/{name}","accountId":"{account}","accessKeyId":"ASIA{key}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROA{id}","arn":"arn:aws:iam::{account}:role/{path}{role}","accountId":"{account}","userName":"{role}"}},"attributes":{{"creationDate":"{since}","mfaAuthenticated":"false"}}{more}}}}}"#
    )
}
