//! One alarm of CloudWatch, and the functions whose metrics it watches. Refuses to read a composite
//! alarm's rule: CloudWatch tells which alarms it is made of.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>
//! CloudWatch speaks JSON 1.0:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-protocols-faq.html>.

use super::{Aws, AwsError, ErrorKind};
use crate::{
    aws::signed::{Call, Service},
    resource::{AlarmArn, FunctionArn, FunctionResource, Home},
    state::{AlarmState, Read, State},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const CLOUDWATCH: Service = Service { host: "monitoring", signed_as: "monitoring" };
const TARGET: &str = "GraniteServiceVersion20100801";
const OPERATION: &str = "DescribeAlarms";

/// The most alarms that one call takes, that it answers, and that one composite alarm is made of:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>.
const MOST: usize = 100;

/// Composite alarms are made of composite alarms, in circles too: so many times is gone down.
const DEEPEST: usize = 4;

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Alarms {
    metric_alarms: Vec<Described>,
    composite_alarms: Vec<Described>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Described {
    alarm_name: String,
    state_value: String,
    /// The metric, where it is a single one.
    #[serde(flatten)]
    metric: Metric,
    /// The metrics, where it is the value of an expression.
    metrics: Vec<Query>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Query {
    metric_stat: Option<MetricStat>,
    /// Whose metric it is, where it may be another account's.
    account_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricStat {
    metric: Metric,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Metric {
    namespace: Option<String>,
    dimensions: Vec<Dimension>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Dimension {
    name: String,
    value: String,
}

impl Metric {
    /// The function it is of, if it is one of Lambda's. `Resource` holds the version or alias too.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html>
    fn function(&self, home: &Home) -> Option<FunctionResource> {
        let dimension = |name: &str| {
            let found = self.dimensions.iter().find(|one| one.name == name)?;
            Some(found.value.as_str())
        };
        (self.namespace.as_deref() == Some("AWS/Lambda")).then_some(())?;
        let function = FunctionArn::new(home, dimension("FunctionName")?).ok()?;
        let resource = dimension("Resource").map(|text| FunctionResource::parse(home, text, None));
        match resource {
            Some(Ok(resource)) if resource.function == function => Some(resource),
            Some(_) | None => Some(function.into()),
        }
    }
}

impl Described {
    fn is_raised(&self) -> bool {
        self.state_value == "ALARM"
    }

    fn functions(&self, home: &Home) -> impl Iterator<Item = FunctionResource> {
        let is_own = |query: &&Query| {
            query.account_id.as_deref().is_none_or(|account| account == home.account.as_str())
        };
        let queries = self.metrics.iter().filter(is_own);
        let of_queries = queries.filter_map(|query| Some(&query.metric_stat.as_ref()?.metric));
        [&self.metric].into_iter().chain(of_queries).filter_map(|metric| metric.function(home))
    }
}

impl Aws {
    /// The alarm, and the function that it watches, if that is one; with what kept the function from
    /// being found.
    pub(super) async fn alarm_and_function(
        &self,
        alarm: &AlarmArn,
    ) -> Result<(State, Option<AwsError>), AwsError> {
        let (mut state, mut rest) = (State::default(), None);
        let live = self.alarm(alarm).await?;
        if let Some(FunctionResource { function, .. }) =
            live.as_ref().and_then(AlarmState::function)
        {
            match self.function(&function).await {
                Ok(watched) => {
                    state.functions.insert(function.clone(), watched);
                    state.read.insert(Read::Function(function));
                }
                Err(error) => rest = Some(error),
            }
        }
        state.alarms.insert(alarm.clone(), live);
        Ok((state, rest))
    }

    /// The alarm; none if there is no such alarm.
    async fn alarm(&self, alarm: &AlarmArn) -> Result<Option<AlarmState>, AwsError> {
        let foreign =
            || AwsError::new(OPERATION, alarm, ErrorKind::Invalid, "no account or Region");
        let home = alarm.home().ok_or_else(foreign)?;
        let Alarms { metric_alarms, composite_alarms } =
            self.alarms_named(alarm, &[alarm.name().to_owned()]).await?;
        if let Some(found) = metric_alarms.first() {
            let functions = found.functions(&home).collect();
            return Ok(Some(AlarmState { raised: found.is_raised(), functions }));
        }
        let Some(found) = composite_alarms.first() else { return Ok(None) };
        let raised = found.is_raised();
        let functions = self.functions_below(alarm, &home, raised).await?;
        Ok(Some(AlarmState { raised, functions }))
    }

    /// The functions of the alarms that a composite one is made of; `raised`: of those in ALARM.
    async fn functions_below(
        &self,
        alarm: &AlarmArn,
        home: &Home,
        raised: bool,
    ) -> Result<BTreeSet<FunctionResource>, AwsError> {
        let mut functions = BTreeSet::new();
        let mut seen = BTreeSet::from([alarm.name().to_owned()]);
        let mut composites = vec![alarm.name().to_owned()];
        for _ in 0..DEEPEST {
            let mut names = BTreeSet::new();
            for composite in &composites {
                let asked = json!({ "ChildrenOfAlarmName": composite, "MaxRecords": MOST });
                let children = self.alarms(alarm, &asked).await?;
                let children = children.metric_alarms.into_iter().chain(children.composite_alarms);
                let children = children.filter(|child| !raised || child.is_raised());
                names.extend(children.map(|child| child.alarm_name));
            }
            names.retain(|name| seen.insert(name.clone()));
            composites.clear();
            let names: Vec<String> = names.into_iter().collect();
            for names in names.chunks(MOST) {
                let found = self.alarms_named(alarm, names).await?;
                for child in &found.metric_alarms {
                    functions.extend(child.functions(home));
                }
                composites.extend(found.composite_alarms.into_iter().map(|one| one.alarm_name));
            }
            if composites.is_empty() {
                return Ok(functions);
            }
        }
        Err(AwsError::new(OPERATION, alarm, ErrorKind::Invalid, "it goes too deep"))
    }

    /// Without their types only alarms of metrics are answered.
    async fn alarms_named(&self, alarm: &AlarmArn, names: &[String]) -> Result<Alarms, AwsError> {
        let types = ["MetricAlarm", "CompositeAlarm"];
        let asked = json!({ "AlarmNames": names, "AlarmTypes": types, "MaxRecords": MOST });
        self.alarms(alarm, &asked).await
    }

    async fn alarms(&self, alarm: &AlarmArn, asked: &Value) -> Result<Alarms, AwsError> {
        let call = Call::json_1_0(CLOUDWATCH, TARGET, OPERATION, alarm, asked);
        self.signed().await?.ask(&call).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::AccountId;

    /// The functions of an alarm as CloudWatch describes it.
    fn functions(described: Value) -> Vec<String> {
        let described: Described = serde_json::from_value(described).unwrap();
        let home = Home {
            partition: "aws".to_owned(),
            account: AccountId::parse("111122223333").unwrap(),
            region: "us-east-1".to_owned(),
        };
        let called = |one: FunctionResource| {
            one.to_string().split_once(":function:").map(|(_, name)| name.to_owned())
        };
        described.functions(&home).filter_map(called).collect()
    }

    fn metric(namespace: &str, dimensions: &[(&str, &str)]) -> Value {
        let dimensions: Vec<_> = dimensions
            .iter()
            .map(|(name, value)| json!({ "Name": name, "Value": value }))
            .collect();
        json!({ "Namespace": namespace, "MetricName": "Errors", "Dimensions": dimensions })
    }

    #[test]
    fn the_function_of_an_alarm_is_that_of_its_metrics() {
        let orders = [("FunctionName", "orders")];
        let live = [("FunctionName", "orders"), ("Resource", "orders:live")];
        let other = [("FunctionName", "orders"), ("Resource", "billing:live")];
        for (metric, want) in [
            (metric("AWS/Lambda", &orders), vec!["orders"]),
            (metric("AWS/Lambda", &live), vec!["orders:live"]),
            (metric("AWS/Lambda", &other), vec!["orders"]),
            (metric("AWS/Lambda", &[]), vec![]),
            (metric("AWS/Lambda", &[("FunctionName", "999988887777:orders")]), vec![]),
            (metric("OurOwn", &orders), vec![]),
        ] {
            assert_eq!(functions(metric.clone()), want, "{metric}");
            let query = json!({ "Metrics": [
                { "Id": "m1", "MetricStat": { "Metric": metric, "Period": 60, "Stat": "Sum" } },
                { "Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)" },
            ] });
            assert_eq!(functions(query), want, "{metric}");
        }
    }

    #[test]
    fn a_metric_of_another_account_is_of_none_of_the_own_functions() {
        let stat = json!({ "Metric": metric("AWS/Lambda", &[("FunctionName", "orders")]) });
        let of = |account: &str| {
            functions(json!({ "Metrics": [{ "AccountId": account, "MetricStat": stat }] }))
        };
        assert_eq!(of("111122223333"), ["orders"]);
        assert!(of("999988887777").is_empty());
    }
}
