//! Which names mean which of a provider's models, each name one.

use super::facts::Offer;
use super::model_name::without_snapshot;
use std::collections::{BTreeMap, BTreeSet};

/// Models by name.
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// Ids first, then every other name, of two models with one name the first.
    pub(super) fn of(models: &BTreeMap<String, Offer>) -> Self {
        let mut names: BTreeMap<String, String> =
            models.keys().map(|id| (id.clone(), id.clone())).collect();
        for model in models.values() {
            for alias in &model.aliases {
                names
                    .entry(alias.clone())
                    .or_insert_with(|| model.id.clone());
            }
        }
        Self(names)
    }

    pub(super) fn model_of(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn insert(&mut self, name: &str, id: &str) {
        self.0
            .entry(name.to_owned())
            .or_insert_with(|| id.to_owned());
    }

    /// A model's other names, without snapshots that are found by their date.
    pub(super) fn aliases_of(&self, id: &str) -> BTreeSet<String> {
        let is_needed = |name: &&String| {
            *name != id && without_snapshot(name).and_then(|base| self.model_of(base)) != Some(id)
        };
        self.0
            .iter()
            .filter(|(_, model)| *model == id)
            .map(|(name, _)| name)
            .filter(is_needed)
            .cloned()
            .collect()
    }
}
