//! An overlay: what one instance or company has otherwise, as data laid over the shipped mappings and schemas.

mod edit;
mod matched;
mod package;
mod print;
mod property;
mod read;
mod resource;
mod rules;
mod show;
mod stack;

use std::sync::Arc;

use crate::diagnostic::{Place, Source};
use crate::mapping::yaml::Node;
use crate::mapping::{Named, Word};
use crate::schema::Endpoint;

pub use matched::{MATCHED_FILE, Matched};
pub use package::{CustomField, Extended, PACKAGE_FILE, Package, Practised, package};
pub use print::{Origins, printed};
pub use show::Merged;
pub use stack::{Laid, OVERLAY_FILE, OverlayChoice, laid, overlays};

/// `overlays/<name>/overlay.yaml`, read, with the files beside it.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// Its name: that of its folder.
    pub name: Word,
    /// What it is for, in a sentence.
    pub title: Word,
    /// The overlay that lies below it.
    pub on: Option<Word>,
    /// The endpoint that serves the entities.
    pub endpoint: Option<Endpoint>,
    /// Entities that another endpoint serves.
    pub endpoints: Vec<Named<Endpoint>>,
    /// What resources have otherwise.
    pub resources: Vec<Named<ResourceChange>>,
    /// What mappings do otherwise, in the order of the file.
    pub mappings: Vec<Named<Vec<Edit>>>,
    /// Mappings that come into force beside those of the profile.
    pub enable: Vec<Word>,
    /// Mappings that the instance cannot carry: they are off, and not held against its schemas.
    pub disable: Vec<Word>,
    /// Settings that differ from those below.
    pub settings: Option<Node>,
    /// All of it as it is written.
    pub node: Node,
    /// `overlay.yaml`.
    pub source: Arc<Source>,
    /// Mappings and their cases beside it.
    pub files: Vec<Arc<Source>>,
    /// Schemas of further resources beside it.
    pub schemas: Vec<Arc<Source>>,
    /// What its changes matched when somebody last looked, `matched.yaml`.
    pub matched: Option<Arc<Source>>,
}

/// What a resource has otherwise.
#[derive(Clone, Debug)]
pub struct ResourceChange {
    /// Why.
    pub because: Word,
    /// Fields that the instance has beside ours, by dotted path.
    pub add: Vec<(Word, Node)>,
    /// Our name of a field, and what the endpoint calls it.
    pub rename: Vec<(Word, Word)>,
    /// Fields that the instance does not have.
    pub remove: Vec<Word>,
    /// What a field is otherwise.
    pub change: Vec<(Word, Node)>,
    /// What its connector must know otherwise: a member of `x-resource` and its value, nothing to take it out.
    pub call: Vec<(Word, Node)>,
}

/// One change of a mapping.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What is done.
    pub act: Act,
    /// Why.
    pub because: Word,
    /// Where it is asked for.
    pub place: Place,
}

/// What is done to a mapping.
#[derive(Clone, Debug)]
pub enum Act {
    /// A rule gets other keys; a key without a value is taken out.
    Change {
        /// The rule.
        which: Which,
        /// Its new keys.
        with: Node,
    },
    /// A rule goes.
    Drop(Which),
    /// A rule comes, behind all others.
    Add {
        /// The rule.
        rule: Node,
        /// The list of lines among whose rules it comes.
        inside: Option<Word>,
    },
    /// The mapping gets other keys; a key without a value is taken out.
    Set(Node),
}

/// A rule by the row that it carries, by the field that it fills, or by both.
#[derive(Clone, Debug)]
pub struct Which {
    /// The row's stable id.
    pub row: Option<Word>,
    /// The target field, dotted into lines: `Details.Task`.
    pub to: Option<Word>,
    /// Where it is named.
    pub place: Place,
}

impl Which {
    /// As an author writes it: `commitments.number, to VendorRef`.
    pub fn words(&self) -> String {
        match (&self.row, &self.to) {
            (Some(row), Some(to)) => format!("{row}, to {to}"),
            (Some(row), None) => row.text.clone(),
            (None, to) => format!("to {}", to.as_ref().map_or("", |to| to.text.as_str())),
        }
    }
}

impl Edit {
    /// The rule that it is about, if it is about one that is there.
    pub fn which(&self) -> Option<&Which> {
        match &self.act {
            Act::Change { which, .. } | Act::Drop(which) => Some(which),
            Act::Add { .. } | Act::Set(_) => None,
        }
    }
}
