//! One conditional write of one record, alone or together with others.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html>

use super::{Journal, record::Item};
use crate::{
    aws::{AwsError, ErrorKind, failed},
    incident::{IncidentStatus, StepStatus},
};
use aws_sdk_dynamodb::{
    operation::{transact_write_items::TransactWriteItemsError, update_item::UpdateItemError},
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update},
};
use std::{collections::HashMap, fmt::Write as _};

/// An update of one record.
pub(super) struct Write {
    key: Item,
    set: Vec<String>,
    add: Vec<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
    condition: Option<String>,
}

impl Write {
    pub(super) fn new(key: Item) -> Self {
        let (set, add) = (Vec::new(), Vec::new());
        Self { key, set, add, names: HashMap::new(), values: HashMap::new(), condition: None }
    }

    /// Sets an attribute.
    pub(super) fn set(mut self, name: &str, value: AttributeValue) -> Self {
        self.set.push(format!("#{name} = :{name}"));
        self.named(name, value)
    }

    /// Sets an attribute that is not there yet.
    pub(super) fn set_once(mut self, name: &str, value: AttributeValue) -> Self {
        self.set.push(format!("#{name} = if_not_exists(#{name}, :{name})"));
        self.named(name, value)
    }

    /// Adds to a number or a set.
    pub(super) fn add(mut self, name: &str, value: AttributeValue) -> Self {
        self.add.push(format!("#{name} :{name}"));
        self.named(name, value)
    }

    fn named(mut self, name: &str, value: AttributeValue) -> Self {
        self.names.insert(format!("#{name}"), name.to_owned());
        self.value(name, value)
    }

    /// A value for the condition.
    pub(super) fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(format!(":{name}"), value);
        self
    }

    /// Writes only where `condition` holds. It may name each status as `:is_<status>`.
    pub(super) fn only_if(mut self, condition: &str) -> Self {
        let statuses = IncidentStatus::ALL.map(IncidentStatus::as_str).into_iter();
        for status in statuses.chain(StepStatus::ALL.map(StepStatus::as_str)) {
            let name = format!(":is_{status}");
            if condition.contains(&name) {
                self.values.insert(name, AttributeValue::S(status.to_owned()));
            }
        }
        if condition.contains("#status") {
            self.names.insert("#status".to_owned(), "status".to_owned());
        }
        self.condition = Some(condition.to_owned());
        self
    }

    fn expression(&self) -> String {
        let mut expression = String::new();
        for (verb, parts) in [("SET", &self.set), ("ADD", &self.add)] {
            if !parts.is_empty() {
                let _ = write!(expression, "{verb} {} ", parts.join(", "));
            }
        }
        expression.trim_end().to_owned()
    }
}

/// A write that was not made.
pub(super) struct Refusal {
    pub(super) error: AwsError,
    /// What stood there when the condition did not hold.
    pub(super) stood: Option<Item>,
}

impl Journal<'_> {
    /// Writes one record.
    pub(super) async fn update(&self, incident: &str, write: Write) -> Result<(), AwsError> {
        self.update_or_see(incident, write).await.map_err(|refusal| refusal.error)
    }

    /// Writes one record, or says what stands there instead of what the condition asks for: of one
    /// moment, where a look after the refusal would be of another.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html>
    pub(super) async fn update_or_see(&self, incident: &str, write: Write) -> Result<(), Refusal> {
        let expression = write.expression();
        let refused = self
            .aws
            .dynamodb()
            .await
            .update_item()
            .table_name(self.table)
            .set_key(Some(write.key))
            .update_expression(expression)
            .set_condition_expression(write.condition)
            .set_expression_attribute_names(Some(write.names))
            .set_expression_attribute_values(Some(write.values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = refused else { return Ok(()) };
        let stood = match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                refused.item().cloned()
            }
            _ => None,
        };
        Err(Refusal { error: failed("UpdateItem", incident)(error), stood })
    }

    /// Writes all records or none.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
    pub(super) async fn transact<const N: usize>(
        &self,
        incident: &str,
        writes: [Write; N],
    ) -> Result<(), AwsError> {
        let mut request = self.aws.dynamodb().await.transact_write_items();
        for write in writes {
            let expression = write.expression();
            let update = Update::builder()
                .table_name(self.table)
                .set_key(Some(write.key))
                .update_expression(expression)
                .set_condition_expression(write.condition)
                .set_expression_attribute_names(Some(write.names))
                .set_expression_attribute_values(Some(write.values))
                .build()
                .map_err(|error| AwsError {
                    operation: "TransactWriteItems",
                    resource: incident.to_owned(),
                    code: error.to_string(),
                    kind: ErrorKind::Invalid,
                })?;
            request = request.transact_items(TransactWriteItem::builder().update(update).build());
        }
        let Err(error) = request.send().await else { return Ok(()) };
        let refused = error.as_service_error().is_some_and(is_refused);
        let error = failed("TransactWriteItems", incident)(error);
        Err(match refused {
            true => AwsError { kind: ErrorKind::Precondition, ..error },
            // Somebody else writes the same record at the same time.
            false if error.code == "TransactionCanceledException" => {
                AwsError { kind: ErrorKind::Transient, ..error }
            }
            false => error,
        })
    }
}

fn is_refused(error: &TransactWriteItemsError) -> bool {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        return false;
    };
    let mut codes = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code());
    codes.any(|code| code == "ConditionalCheckFailed")
}
