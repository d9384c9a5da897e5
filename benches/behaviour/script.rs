//! The calls of an attack, one after the other. Three of ten of what somebody tries with credentials of a
//! function is allowed; an intruder in its sandbox calls with its user agent and from where it runs, and one who
//! took its credentials away from elsewhere.

use super::{
    attacks::Kind,
    call::{ACCOUNT, Agent, By, Cause, From, STRANGER, Sent, What, denial},
    chance::Chance,
    place::{elsewhere, home, provider},
    traffic::{deliver, inside},
    world::{DAY, Function, World},
};

/// What somebody tries to see what credentials are good for.
const RECON: [&str; 34] = [
    "s3:ListBuckets",
    "iam:ListUsers",
    "iam:ListRoles",
    "iam:GetAccountAuthorizationDetails",
    "iam:ListAttachedRolePolicies",
    "iam:GetAccountSummary",
    "ec2:DescribeInstances",
    "ec2:DescribeRegions",
    "ec2:DescribeSnapshots",
    "secretsmanager:ListSecrets",
    "ssm:DescribeParameters",
    "ssm:DescribeInstanceInformation",
    "lambda:ListFunctions",
    "lambda:ListLayers",
    "dynamodb:ListTables",
    "rds:DescribeDBInstances",
    "rds:DescribeDBSnapshots",
    "kms:ListKeys",
    "kms:ListAliases",
    "sns:ListTopics",
    "sqs:ListQueues",
    "ecr:DescribeRepositories",
    "ecs:ListClusters",
    "eks:ListClusters",
    "cloudformation:ListStacks",
    "cloudtrail:DescribeTrails",
    "guardduty:ListDetectors",
    "organizations:DescribeOrganization",
    "organizations:ListAccounts",
    "sts:GetSessionToken",
    "ses:ListIdentities",
    "route53:ListHostedZones",
    "codebuild:ListProjects",
    "redshift:DescribeClusters",
];

const ESCALATIONS: [&str; 4] =
    ["iam:CreateAccessKey", "iam:PutRolePolicy", "sts:GetFederationToken", "kms:PutKeyPolicy"];

const TAMPERING: [&str; 2] = ["logs:DeleteLogGroup", "cloudtrail:StopLogging"];

/// Where an intruder calls from, and as what.
#[derive(Clone, Copy)]
enum Guise {
    Inside,
    At(From, Agent),
}

/// An attack as it is written.
struct Script<'w> {
    world: &'w World,
    function: usize,
    victim: &'w Function,
    cause: Cause,
    key: u64,
    guise: Guise,
    chance: Chance,
    now: i64,
    calls: Vec<Sent>,
}

impl World {
    /// The calls of one attack.
    pub fn script(
        &self,
        kind: Kind,
        number: u32,
        function: usize,
        victim: &Function,
        begins: i64,
        chance: &mut Chance,
    ) -> Vec<Sent> {
        let mut chance = Chance::of(&[chance.next()]);
        let outside = |address| From { address, endpoint: None };
        let marked = if victim.agent == Agent::Custom { Agent::Python } else { victim.agent };
        let guise = match kind {
            Kind::Replayed | Kind::WhileLearning => {
                Guise::At(outside(home(&mut chance)), Agent::Cli)
            }
            Kind::Disguised | Kind::DisguisedAsUsual => {
                Guise::At(outside(home(&mut chance)), marked)
            }
            Kind::OtherCloud => Guise::At(outside(elsewhere(&mut chance)), Agent::Script),
            Kind::SameCloud => Guise::At(outside(provider(chance.next())), Agent::Script),
            _ => Guise::Inside,
        };
        let (_, key) = inside(self, victim, begins, What::Plain("sts:GetCallerIdentity"));
        let (world, cause, now) = (self, Cause::Attack(number), begins);
        let calls = Vec::new();
        let mut script = Script { world, function, victim, cause, key, guise, chance, now, calls };
        script.write(kind);
        script.calls
    }
}

impl Script<'_> {
    fn write(&mut self, kind: Kind) {
        match kind {
            Kind::Replayed | Kind::Disguised | Kind::OtherCloud | Kind::SameCloud => {
                self.look_around(8, 60);
                self.as_usual(4, 60);
            }
            Kind::DisguisedAsUsual => self.as_usual(20, 120),
            Kind::EnumeratesFast => self.try_apis(30, 10),
            Kind::EnumeratesSlowly => self.try_apis(24, 3600),
            Kind::Escalates => {
                let api = *self.chance.any(&ESCALATIONS);
                for _ in 0..=self.chance.below(3) {
                    self.call(What::Plain(api), false, 120);
                }
            }
            Kind::AssumesRole => {
                for _ in 0..=self.chance.below(2) {
                    let role = What::Role(5000 + self.chance.below(1000) as u32);
                    self.call(role, false, 120);
                }
            }
            Kind::Exfiltrates => {
                let api = *self.chance.any(&["s3:PutObject", "s3:CopyObject"]);
                for _ in 0..5 + self.chance.below(40) {
                    self.call(What::Object(api, STRANGER), false, 60);
                }
            }
            Kind::ReadsEverything => {
                for _ in 0..2000 {
                    self.call(What::Object("s3:GetObject", ACCOUNT), false, 2);
                }
            }
            Kind::TampersWithLogs => {
                let api = *self.chance.any(&TAMPERING);
                self.call(What::Plain(api), false, 60);
            }
            Kind::OverwritesCode => {
                self.call(What::Deploy(By::Intruder), false, 300);
                self.look_around(4, 300);
            }
            Kind::WhileLearning => {
                for _ in 0..12 {
                    self.look_around(3, 60);
                    self.now += DAY;
                }
            }
            Kind::OnlyWhatIsUsual => self.as_usual(50, DAY / 5),
        }
    }

    /// Who am I, and what is there: three of ten tries are allowed.
    fn look_around(&mut self, many: usize, pause: i64) {
        self.call(What::Plain("sts:GetCallerIdentity"), false, pause);
        for api in self.chance.some(many, &RECON) {
            let denied = !self.chance.is(0.3);
            self.call(What::Plain(api), denied, pause);
        }
    }

    /// One API after the other, and each is denied.
    fn try_apis(&mut self, many: usize, pause: i64) {
        for api in self.chance.some(many, &RECON) {
            self.call(What::Plain(api), true, pause);
        }
    }

    /// What the function does as well.
    fn as_usual(&mut self, many: usize, pause: i64) {
        let known = self.victim.uses.iter().filter(|one| one.from <= self.now - 8 * DAY);
        let known: Vec<What> = known.map(|one| one.what).collect();
        for _ in 0..many {
            let first = known.len().min(3);
            let what = *self.chance.any(known.get(..first).unwrap_or_default());
            self.call(what, false, pause);
        }
    }

    fn call(&mut self, what: What, denied: bool, pause: i64) {
        let (from, agent, key) = match self.guise {
            Guise::At(from, agent) => (from, agent, self.key),
            Guise::Inside => {
                let (from, key) = inside(self.world, self.victim, self.now, what);
                (from, self.victim.agent, key)
            }
        };
        let call = Sent {
            id: self.chance.next(),
            at: self.now,
            delivered: self.now + 20 + self.chance.wait(40.0),
            function: self.function,
            what,
            from,
            agent,
            failure: denied.then(|| denial(what)),
            key,
            cause: self.cause,
            again: false,
            late: false,
        };
        deliver(call, &mut self.chance, &mut self.calls);
        self.now += pause / 2 + self.chance.below(pause);
    }
}
