//! How does an imitated Acumatica behave on the wire? Which part of which records a query asks for.

use std::collections::BTreeSet;

use super::errors::{ODATA, Problem};
use super::filter::{Filter, Ground};
use crate::sandbox::wire::Target;
use crate::schema::{Kind, Shape};

/// Which fields an answer shows.
#[derive(Debug, Default)]
pub(super) struct View {
    /// `$select`, as full paths with `/`; empty for all.
    select: BTreeSet<String>,
    /// `$expand`, as full paths with `/`.
    expand: BTreeSet<String>,
    /// `$custom`: the way to the record or line, and `View.Field`.
    custom: BTreeSet<(String, String)>,
}

/// A query on a collection.
#[derive(Debug)]
pub(super) struct Query {
    /// Which fields.
    pub view: View,
    /// Which records; all when absent.
    pub filter: Option<Filter>,
    /// `$skip`.
    pub skip: usize,
    /// `$top`.
    pub top: Option<usize>,
}

impl View {
    /// Reads `$select`, `$expand` and `$custom`. A name that leads nowhere fails the call.
    pub(super) fn read(target: &Target, shape: &Shape) -> Result<Self, Problem> {
        let mut view = Self { select: names(target, "$select"), expand: names(target, "$expand"), custom: BTreeSet::new() };
        for name in &view.select {
            if !["id", "note", "rowNumber"].contains(&name.as_str()) && !is_selectable(shape, name) {
                return Err(unknown(name));
            }
        }
        for name in &view.expand {
            let (way, last) = name.rsplit_once('/').unwrap_or(("", name));
            let leads = if last == "files" { way.is_empty() || is_expandable(shape, way) } else { is_expandable(shape, name) };
            if !leads {
                return Err(unknown(name));
            }
        }
        for name in names(target, "$custom") {
            let (way, field) = name.rsplit_once('/').unwrap_or(("", &name));
            view.custom.insert((way.to_owned(), field.to_owned()));
        }
        Ok(view)
    }

    /// Whether a plain field of the node at `way` is shown.
    pub(super) fn shows(&self, way: &str, field: &str) -> bool {
        let inside = |name: &String| name.strip_prefix(way).is_some_and(|rest| way.is_empty() || rest.starts_with('/'));
        !self.select.iter().any(inside) || self.select.contains(&below(way, field))
    }

    /// Whether a linked entity or a detail is shown: only when named, and only inside one that is shown.
    pub(super) fn expands(&self, path: &str) -> bool {
        self.expand.contains(path)
    }

    /// Whether custom field `View.Field` of the node at `way` is shown.
    pub(super) fn wants(&self, way: &str, custom: &str) -> bool {
        self.custom.contains(&(way.to_owned(), custom.to_owned()))
    }

    /// Whether an answer holds this field, linked entity or detail of the record: `Status`, `Details`.
    pub(super) fn holds(&self, shape: &Shape, name: &str) -> bool {
        let Some(field) = shape.get(name) else { return false };
        let part = matches!(field.kind, Kind::Record | Kind::Lines);
        if part { self.expands(field.on_wire()) } else { self.shows("", field.on_wire()) }
    }
}

impl Query {
    /// Reads all parameters of a collection. Those it does not know, `$orderby` among them, are passed over.
    pub(super) fn read(target: &Target, ground: Ground<'_>) -> Result<Self, Problem> {
        let filter = target.query("$filter").map(|text| Filter::parse(text, ground)).transpose();
        let count = |name: &str| match target.query(name).map(str::parse::<usize>) {
            None => Ok(None),
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => Err(Problem::Exception(ODATA, format!("Invalid value for {name}."))),
        };
        Ok(Self {
            view: View::read(target, ground.shape)?,
            filter: filter.map_err(|what| Problem::Exception(ODATA, what))?,
            skip: count("$skip")?.unwrap_or_default(),
            top: count("$top")?,
        })
    }
}

/// `way/name`, or `name` at the top.
pub(super) fn below(way: &str, name: &str) -> String {
    if way.is_empty() { name.to_owned() } else { format!("{way}/{name}") }
}

fn names(target: &Target, parameter: &str) -> BTreeSet<String> {
    let text = target.query(parameter).unwrap_or_default();
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn is_selectable(shape: &Shape, path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or(path);
    ["id", "note", "rowNumber"].contains(&last) || shape.at_wire(path).is_some_and(|field| field.custom.is_none())
}

fn is_expandable(shape: &Shape, path: &str) -> bool {
    shape.at_wire(path).is_some_and(|field| matches!(field.kind, Kind::Record | Kind::Lines))
}

fn unknown(name: &str) -> Problem {
    Problem::Exception("System.Collections.Generic.KeyNotFoundException", format!("The field '{name}' cannot be found in the contract."))
}
