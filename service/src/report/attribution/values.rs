//! `GET /v1/attribution/dimension-values` and `…/dimension-keys`: what there is to ask about.

use super::axis::Named;
use crate::http::json;
use crate::report::asked::Asked;
use crate::report::labels::Texts;
use crate::report::money::count;
use crate::report::shape::Span;
use crate::report::sums::Scope;
use crate::router::{Answer, Call};
use bearlumen_core::order;
use http::StatusCode;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// A value of a dimension.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Value {
    value: String,
    event_count: i64,
}

/// The values of a dimension.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Values<'a> {
    dimension: &'a str,
    values: Vec<&'a str>,
    items: &'a [Value],
    #[serde(flatten)]
    span: Span,
}

/// A dimension.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Key {
    key: String,
    event_count: i64,
}

/// The dimensions that events have.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Keys<'a> {
    keys: Vec<&'a str>,
    items: &'a [Key],
    #[serde(flatten)]
    span: Span,
}

pub(super) fn values(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let named = Named::asked(&asked.query, call.sql)?;
    let groups = match named.axis {
        Some(axis) => asked.ledger().groups(Scope::Everyone, axis, asked.period)?,
        None => HashMap::new(),
    };
    let texts = Texts::of(call, groups.keys().map(|group| group.label))?;
    let mut items: Vec<Value> = groups
        .iter()
        .filter_map(|(group, sums)| {
            Some(Value {
                value: texts.owned(group.label)?,
                event_count: count(sums.events),
            })
        })
        .collect();
    order::by(&mut items, |a, b| a.value.cmp(&b.value));
    Ok(json(
        StatusCode::OK,
        &Values {
            dimension: &named.name,
            values: items.iter().map(|item| item.value.as_str()).collect(),
            items: &items,
            span: asked.period.into(),
        },
    ))
}

pub(super) fn keys(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let mut by_key: BTreeMap<i64, i128> = BTreeMap::new();
    for (key, events) in asked.ledger().dimension_keys(asked.period)? {
        *by_key.entry(key).or_default() += events;
    }
    let texts = Texts::of(call, by_key.keys().copied())?;
    let mut items: Vec<Key> = by_key
        .into_iter()
        .filter_map(|(key, events)| {
            Some(Key {
                key: texts.owned(key)?,
                event_count: count(events),
            })
        })
        .collect();
    order::by(&mut items, |a, b| a.key.cmp(&b.key));
    Ok(json(
        StatusCode::OK,
        &Keys {
            keys: items.iter().map(|item| item.key.as_str()).collect(),
            items: &items,
            span: asked.period.into(),
        },
    ))
}
