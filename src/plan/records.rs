//! How records of the source become records of a mapping: related ones beside them, lines unfolded, equal keys made one, and the
//! project that each belongs to.

use super::compile::{Compiler, LineScope, schema};
use super::resolve::{beside, resolve};
use super::{Join, Place, ProjectOf, Records, SourceKey};
use crate::diagnostic::Diagnostic;
use crate::schema::{Kind, Scope};

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
            let key = named.it.key.iter().filter_map(|word| self.place(word)).collect();
            let when = named.it.when.as_ref().and_then(|word| self.formula(word));
            self.shape.fields.push(beside(&named.name.text, Kind::Record, schema.shape.clone()));
            joins.push(Join { name: named.name.text.clone(), schema, key, when });
        }
        joins
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
        self.shape.fields.push(beside(&group.as_.text, Kind::Lines, members));
        Records::Group { by, name: group.as_.text.clone() }
    }

    pub(super) fn source_key(&mut self, records: &Records) -> Option<SourceKey> {
        let resource = self.source.resource.clone();
        let named = |this: &mut Self, names: &[String]| names.iter().filter_map(|name| this.field_place(name, false)).collect::<Vec<_>>();
        let label = resource.label.as_ref().and_then(|name| self.field_place(name, false));
        let modified = resource.modified.as_ref().and_then(|name| self.field_place(name, false));
        match records {
            Records::One => {
                let id = named(self, std::slice::from_ref(&resource.id));
                Some(SourceKey { id, key: named(self, &resource.key), label, modified })
            }
            Records::Unfold(_) => {
                let unfold = self.mapping.unfold.as_ref()?;
                let keys = self.list(unfold).map(|(_, _, keys)| keys).unwrap_or_default();
                if keys.is_empty() {
                    let message = format!("the members of `{unfold}` have no key of their own");
                    self.problems
                        .push(Diagnostic::error("unfold", &unfold.place, message).help("name the key fields in the schema: `x-key`"));
                }
                let id: Vec<Place> = keys.iter().filter_map(|name| self.field_place(name, true)).collect();
                Some(SourceKey { key: id.clone(), id, label: None, modified })
            }
            Records::Group { .. } => {
                let group = self.mapping.group.as_ref()?;
                let id: Vec<Place> = group.by.iter().filter_map(|word| self.place(word)).collect();
                Some(SourceKey { key: id.clone(), id, label: None, modified: None })
            }
        }
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
                let help = "add `project:` with the path to the source project's key, or `project: each` for every synced project";
                self.problems.push(Diagnostic::error("project", &self.mapping.target.place, message).help(help));
                return None;
            }
            None => ProjectOf::Nobody,
            Some(word) if source_scoped => {
                let message = format!("`{}` is read project by project; `project` says it twice", self.source.name);
                self.problems.push(Diagnostic::error("project", &word.place, message).help("take it out"));
                return None;
            }
            Some(word) if word.text == "each" => ProjectOf::Each,
            Some(word) => ProjectOf::Named(self.place(word)?),
        };
        if found != ProjectOf::Nobody && self.mapping.mapping.text != "projects" {
            self.after.push("projects".to_owned());
        }
        Some(found)
    }
}
