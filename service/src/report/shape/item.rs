//! One group of a breakdown.

use super::Totals;
use crate::report::labels::Texts;
use crate::report::money::percent;
use crate::report::sums::{Group, Sums};
use crate::router::Call;
use crate::sql::SqlError;
use bearlumen_core::order;
use serde::Serialize;
use std::collections::HashMap;

/// A group's name; `null` stands for the events without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Label(Option<String>);

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Item {
    /// The group's name, whatever it is grouped by; `null` for the events without one.
    pub(crate) attribution_value: Option<String>,
    /// The model, in a breakdown by model.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<Label>,
    /// The provider, in a breakdown by provider or by model and provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<Label>,
    /// The feature, in a breakdown by feature.
    #[serde(skip_serializing_if = "Option::is_none")]
    feature: Option<Label>,
    /// The agent, in a breakdown by agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<Label>,
    /// The same as `agentId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<Label>,
    /// The workflow, in a breakdown by workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    workflow_id: Option<Label>,
    /// The same as `workflowId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    workflow: Option<Label>,
    /// The end user by the caller's own id, in a breakdown by end user.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_user: Option<Label>,
    /// The group's part of the total cost, in percent with two decimals.
    percent_of_total: f64,
    #[serde(flatten)]
    totals: Totals,
}

/// What groups are called, besides `attributionValue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    Model,
    ModelOfProvider,
    Provider,
    Feature,
    Agent,
    Workflow,
    EndUser,
    /// A custom dimension's value has no field of its own.
    Value,
}

impl Item {
    fn new(naming: Naming, name: Option<String>, second: Option<String>, sums: &Sums) -> Self {
        let mut item = Self {
            attribution_value: name.clone(),
            model: None,
            provider: None,
            feature: None,
            agent_id: None,
            agent: None,
            workflow_id: None,
            workflow: None,
            end_user: None,
            percent_of_total: 0.0,
            totals: sums.into(),
        };
        let label = Some(Label(name));
        match naming {
            Naming::Model => item.model = label,
            Naming::ModelOfProvider => {
                item.model = label;
                item.provider = Some(Label(second));
            }
            Naming::Provider => item.provider = label,
            Naming::Feature => item.feature = label,
            Naming::Agent => (item.agent_id, item.agent) = (label.clone(), label),
            Naming::Workflow => (item.workflow_id, item.workflow) = (label.clone(), label),
            Naming::EndUser => item.end_user = label,
            Naming::Value => {}
        }
        item
    }
}

/// The groups as items, the dearest first, equals by name: two answers to one question are the same. With the sum of
/// all, and each item's group beside it.
pub(crate) fn items(
    call: &Call<'_>,
    naming: Naming,
    groups: &HashMap<Group, Sums>,
) -> Result<(Vec<(Group, Item)>, Sums), SqlError> {
    let texts = Texts::of(call, groups.keys().flat_map(|g| [g.label, g.second]))?;
    let total = Sums::of(groups.values());
    let mut sorted: Vec<(&Group, &Sums)> = groups.iter().collect();
    order::by(&mut sorted, |(a, a_sums), (b, b_sums)| {
        let names = |group: &Group| (texts.get(group.label), texts.get(group.second));
        b_sums
            .cost_nanos
            .cmp(&a_sums.cost_nanos)
            .then_with(|| names(a).cmp(&names(b)))
    });
    let items = sorted
        .into_iter()
        .map(|(group, sums)| {
            let (name, second) = (texts.owned(group.label), texts.owned(group.second));
            let mut item = Item::new(naming, name, second, sums);
            item.percent_of_total = percent(sums.cost_nanos, total.cost_nanos);
            (*group, item)
        })
        .collect();
    Ok((items, total))
}
