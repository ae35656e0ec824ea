//! How records of the source become records of a mapping: related ones beside them, lines unfolded, equal keys made one, and the
//! project that each belongs to.

use std::sync::Arc;

use super::compile::{Compiler, LineScope, schema};
use super::resolve::{beside, resolve};
use super::{Join, JoinBy, Place, ProjectOf, Records, Regroup, SourceKey};
use crate::diagnostic::Diagnostic;
use crate::mapping::{self, Belongs, LinkedProject, Word};
use crate::schema::{Kind, Schema, Scope};

/// Procore's field that one integration may own (BR-06).
const ORIGIN: &str = "origin_id";

impl Compiler<'_> {
    pub(super) fn joins(&mut self) -> Vec<Join> {
        let mut joins = Vec::new();
        for named in &self.mapping.join {
            let Some(schema) = schema(&named.it.resource, self.catalog, self.problems) else { continue };
            if schema.resource.system != self.source.resource.system {
                let message = format!("`{}` is of the other system; a join reads beside the source", named.it.resource);
                let help = format!("name a resource of {}", self.source.resource.system.word());
                self.problems.push(Diagnostic::error("join", &named.it.resource.place, message).help(help));
                continue;
            }
            if self.shape.get(&named.name.text).is_some() {
                let message = format!("`{}` is a field of the source already", named.name);
                self.problems.push(Diagnostic::error("join", &named.name.place, message).help("choose another name"));
                continue;
            }
            let by = self.join_by(&named.name, &named.it, &schema);
            let when = named.it.when.as_ref().and_then(|word| self.condition(word));
            let is_list = named.it.all.is_some();
            let mut field = beside(&named.name.text, if is_list { Kind::Lines } else { Kind::Record }, schema.shape.clone());
            // A joined record is told from others of its list by the id that its system gave it.
            field.line_key.extend(is_list.then(|| schema.resource.id.clone()));
            self.shape.fields.push(Arc::new(field));
            joins.extend(by.map(|by| Join { name: named.name.text.clone(), schema, by, when, own: false }));
        }
        joins
    }

    fn join_by(&mut self, name: &Word, join: &mapping::Join, schema: &Schema) -> Option<JoinBy> {
        let key = (!join.key.is_empty()).then_some(&join.key);
        match (key, &join.id, &join.expr, &join.all) {
            (Some(key), None, None, None) => {
                let places: Vec<Place> = key.iter().filter_map(|word| self.place(word)).collect();
                Some(JoinBy::Key(places))
            }
            (None, Some(word), None, None) => self.place(word).map(JoinBy::Id),
            (None, None, Some(word), None) => self.formula(word).map(|formula| JoinBy::Computed(Box::new(formula))),
            (None, None, None, Some(fields)) => {
                let mut equal = Vec::with_capacity(fields.len());
                for field in fields {
                    match schema.field_at(&field.name.text) {
                        Some(known) if known.shape.is_none() => {
                            equal.extend(self.place(&field.it).map(|place| (field.name.text.clone(), place)));
                        }
                        Some(_) => {
                            let message = format!("`{}` of `{}` is no single value", field.name, schema.name);
                            self.problems
                                .push(Diagnostic::error("join", &field.name.place, message).help("name a field below it: `record.field`"));
                        }
                        None => self.unknown_target(&field.name, schema),
                    }
                }
                Some(JoinBy::All(equal))
            }
            _ => {
                let message = format!("the join `{name}` takes exactly one of `key`, `id`, `expr` and `all`");
                let help =
                    "`key`, `id` and `expr` name one record, `all` lists those whose fields equal values of this one (`{}`: every one)";
                self.problems.push(Diagnostic::error("join", &name.place, message).help(help));
                None
            }
        }
    }

    /// Joined records of a project are read in the record's project, which has to be known by then.
    pub(super) fn joins_in_projects(&mut self, joins: &[Join], project: Option<&ProjectOf>) {
        let known = match project {
            Some(ProjectOf::Source) => true,
            Some(ProjectOf::Named(place)) => !place.in_line,
            _ => false,
        };
        for join in joins.iter().filter(|join| !known && join.schema.resource.scope == Scope::Project) {
            let Some(named) = self.mapping.join.iter().find(|named| named.name.text == join.name) else { continue };
            let message = format!("`{}` belongs to projects, and the record's project is not known when it is read", join.schema.name);
            let help = "the record itself has to name its project: `project: $.…`, outside of lines";
            self.problems.push(Diagnostic::error("join", &named.it.resource.place, message).help(help));
        }
    }

    pub(super) fn records(&mut self) -> Records {
        if let Some(word) = &self.mapping.unfold {
            if let Some(group) = &self.mapping.group {
                let message = "`unfold` and `group` exclude each other";
                self.problems.push(Diagnostic::error("records", &group.as_.place, message).related(&word.place, "unfolded here"));
            }
            let Some((list, shape, _)) = self.list(word) else { return Records::One };
            self.line = Some(LineScope { shape, list });
            return Records::Unfold(list);
        }
        let Some(group) = &self.mapping.group else { return Records::One };
        let by = group.by.iter().filter_map(|word| self.steps_of(word)).collect();
        if self.shape.get(&group.as_.text).is_some() {
            let message = format!("`{}` is a field of the source already", group.as_);
            self.problems.push(Diagnostic::error("group", &group.as_.place, message).help("choose another name"));
        }
        let members = self.source.shape.clone();
        self.shape.fields.push(Arc::new(beside(&group.as_.text, Kind::Lines, members)));
        Records::Group { by, name: group.as_.text.clone() }
    }

    /// Further lists of the record, each of which rules may walk through as if the source had it.
    pub(super) fn lists(&mut self) -> Vec<Regroup> {
        let mapping = self.mapping;
        mapping.lists.iter().filter_map(|named| self.regroup(&named.name, &named.it)).collect()
    }

    fn regroup(&mut self, name: &Word, regroup: &mapping::Regroup) -> Option<Regroup> {
        if let Some(unfold) = &self.mapping.unfold {
            let message = "`unfold` makes each line a record, which has no lists of its own";
            self.problems.push(Diagnostic::error("list", &name.place, message).related(&unfold.place, "unfolded here"));
            return None;
        }
        if self.shape.get(&name.text).is_some() {
            let message = format!("`{name}` is a field of the source already");
            self.problems.push(Diagnostic::error("list", &name.place, message).help("choose another name"));
            return None;
        }
        let (of, shape, _) = self.list_of(&regroup.of)?;
        if shape.get(&regroup.as_.text).is_some() {
            let message = format!("`{}` is a field of the line already", regroup.as_);
            self.problems.push(Diagnostic::error("list", &regroup.as_.place, message).help("choose another name"));
            return None;
        }
        let by: Vec<Vec<String>> = regroup.by.iter().filter_map(|word| self.steps_in(word, &shape)).collect();
        let mut whole = shape.clone();
        whole.fields.push(Arc::new(beside(&regroup.as_.text, Kind::Lines, shape)));
        self.shape.fields.push(Arc::new(beside(&name.text, Kind::Lines, whole)));
        (by.len() == regroup.by.len()).then(|| Regroup { name: name.text.clone(), of, by, members: regroup.as_.text.clone() })
    }

    pub(super) fn source_key(&mut self, records: &Records) -> Option<SourceKey> {
        let resource = self.source.resource.clone();
        let named = |this: &mut Self, names: &[String]| names.iter().filter_map(|name| this.field_place(name, false)).collect::<Vec<_>>();
        let label = resource.label.as_ref().and_then(|name| self.field_place(name, false));
        let modified = resource.modified.as_ref().and_then(|name| self.field_place(name, false));
        let learns = self.mapping.write_back.iter().any(|learned| learned.name.text == ORIGIN);
        let origin = if learns { self.field_place(ORIGIN, false) } else { None };
        let addressed: Vec<String> = resource.addressed_by().into_iter().map(str::to_owned).collect();
        let address = addressed.into_iter().filter_map(|name| Some((name.clone(), self.field_place(&name, false)?))).collect();
        match records {
            Records::One => {
                let id = named(self, std::slice::from_ref(&resource.id));
                Some(SourceKey { id, key: named(self, &resource.key), label, modified, address, origin })
            }
            Records::Unfold(_) => {
                let unfold = self.mapping.unfold.as_ref()?;
                let keys = self.list(unfold).map(|(_, _, keys)| keys).unwrap_or_default();
                if keys.is_empty() {
                    let message = format!("the members of `{unfold}` have no key of their own");
                    self.problems
                        .push(Diagnostic::error("unfold", &unfold.place, message).help("name the key fields in the schema: `x-key`"));
                }
                let member: Vec<Place> = keys.iter().filter_map(|name| self.field_place(name, true)).collect();
                let joined = self.joined_key(unfold);
                if joined.is_none() && self.stands_alone(unfold) {
                    return Some(SourceKey { key: member.clone(), id: member, label: None, modified, address, origin: None });
                }
                // The same joined record stands beside many records, and two checks may pay one bill: only both together name an item.
                let of_member = joined.unwrap_or(keys);
                let other: Vec<Place> = of_member.iter().filter_map(|name| self.field_place(name, true)).collect();
                let id = named(self, std::slice::from_ref(&resource.id)).into_iter().chain(member).collect();
                let key = named(self, &resource.key).into_iter().chain(other).collect();
                Some(SourceKey { id, key, label: None, modified, address, origin: None })
            }
            Records::Group { .. } => {
                let group = self.mapping.group.as_ref()?;
                let id: Vec<Place> = group.by.iter().filter_map(|word| self.place(word)).collect();
                Some(SourceKey { key: id.clone(), id, label: None, modified: None, address, origin: None })
            }
        }
    }

    /// The business key of the records that a path into what is joined leads to; none for a path into the record's own.
    fn joined_key(&self, word: &Word) -> Option<Vec<String>> {
        let join = self.mapping.join.iter().find(|join| {
            let rest = word.text.strip_prefix("$.").and_then(|path| path.strip_prefix(join.name.text.as_str()));
            rest.is_some_and(|rest| rest.starts_with(['[', '.']))
        })?;
        self.catalog.get(&join.it.resource.text).map(|schema| schema.resource.key.clone())
    }

    /// Whether the key of a list's members tells them from those of other records.
    fn stands_alone(&self, list: &Word) -> bool {
        let name = list.text.trim_start_matches("$.").trim_end_matches("[*]");
        self.shape.at(name).is_some_and(|field| field.line_key_alone)
    }

    fn field_place(&mut self, name: &str, in_line: bool) -> Option<Place> {
        let shape = if in_line { self.line.as_ref()?.shape.clone() } else { self.shape.clone() };
        let steps: Vec<&str> = name.split('.').collect();
        let found = resolve(&shape, &steps, self.source.resource.system).ok()?;
        let kind = found.field.map_or(Kind::Anything, |field| field.kind);
        Some(Place { in_line, slot: self.slot(in_line, &found.wire), kind })
    }

    pub(super) fn project(&mut self) -> Option<ProjectOf> {
        let source_scoped = self.source.resource.scope == Scope::Project;
        let target_scoped = self.target.resource.scope == Scope::Project;
        let found = match &self.mapping.project {
            None if source_scoped => ProjectOf::Source,
            None if target_scoped => {
                let message = format!("`{}` belongs to a project, and nothing says to which", self.target.name);
                let help = "add `project:` with the path to the source project's key, `each` for every synced project, or `{of: mapping, from: [paths]}`";
                self.problems.push(Diagnostic::error("project", &self.mapping.target.place, message).help(help));
                return None;
            }
            None => ProjectOf::Nobody,
            Some(belongs) if source_scoped => {
                let message = format!("`{}` is read project by project; `project` says it twice", self.source.name);
                let word = match belongs {
                    Belongs::Named(word) => word,
                    Belongs::Linked(link) => &link.of,
                };
                self.problems.push(Diagnostic::error("project", &word.place, message).help("take it out"));
                return None;
            }
            Some(Belongs::Named(word)) if word.text == "each" => ProjectOf::Each,
            Some(Belongs::Named(word)) => ProjectOf::Named(self.place(word)?),
            Some(Belongs::Linked(link)) => self.project_of_link(link)?,
        };
        if found != ProjectOf::Nobody && self.mapping.mapping.text != "projects" {
            self.after.push("projects".to_owned());
        }
        Some(found)
    }

    fn project_of_link(&mut self, link: &LinkedProject) -> Option<ProjectOf> {
        if !self.known_mapping(&link.of) {
            return None;
        }
        let named = self.mappings.iter().find(|other| other.mapping.text == link.of.text)?;
        let procore = if named.direction.text == "export" { &named.source } else { &named.target };
        if self.catalog.get(&procore.text).is_some_and(|schema| schema.resource.scope != Scope::Project) {
            let message = format!("links of `{}` lie in no project", link.of);
            let help = format!("name a mapping of records that belong to projects; `{procore}` belongs to the company");
            self.problems.push(Diagnostic::error("project", &link.of.place, message).help(help));
        }
        if link.of.text != self.mapping.mapping.text {
            self.after.push(link.of.text.clone());
        }
        let from: Vec<Place> = link.from.iter().filter_map(|word| self.place(word)).collect();
        Some(ProjectOf::Linked { mapping: link.of.text.clone(), from })
    }
}
