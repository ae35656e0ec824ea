//! Who acts, and may they? The user of this call, held against the role matrix.

use super::permission::{Deed, Permission, Permissions, ToolRight};
use super::settings::SettingsFile;
use super::user::{Level, Tool, User};
use crate::diagnostic::did_you_mean;
use crate::plan::{Direction, Plan};

/// The user who acts, with the matrix.
#[derive(Clone, Debug)]
pub struct Acting {
    name: String,
    rights: Rights,
    permissions: Permissions,
}

/// A run that a user may not do: each mapping with what is lacking for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// What is refused, in a sentence.
    pub message: String,
    /// How to get the right.
    pub help: String,
}

#[derive(Clone, Debug)]
enum Rights {
    /// There is no list of users: one operator does everything.
    All,
    /// As the list says.
    Listed(User),
    /// Not in the list: may look.
    Looking,
}

/// What a mapping needs of which the matrix says nothing.
fn beyond_the_matrix(label: String) -> Permission {
    Permission {
        label,
        levels: vec![Level::Admin],
        approver: true,
        tools: Vec::new(),
        accepts: Vec::new(),
        imports: Vec::new(),
        unlinks: Vec::new(),
        links: Vec::new(),
        archives: Vec::new(),
    }
}

/// What it takes to stage exports, for others to accept.
fn staging() -> Permission {
    Permission { levels: vec![Level::Standard, Level::Admin], approver: false, ..beyond_the_matrix("stage exports".to_owned()) }
}

impl Acting {
    /// The user of this name, or the settings' own.
    pub(super) fn new(file: &SettingsFile, permissions: &Permissions, as_user: Option<&str>) -> Result<Self, String> {
        let name = as_user.unwrap_or(&file.actor);
        let rights = match &file.users {
            None => Rights::All,
            Some(users) => match users.iter().find(|user| user.name == name) {
                Some(user) => Rights::Listed(user.clone()),
                // An `actor` was held against the list when the file was read: this is the name of the computer's user.
                None if as_user.is_none() => Rights::Looking,
                None => {
                    let help = did_you_mean(name, users.iter().map(|user| user.name.as_str()));
                    let help = help.unwrap_or_else(|| "add them to `users` in the settings file".to_owned());
                    return Err(format!("there is no user named `{name}`; {help}"));
                }
            },
        };
        Ok(Self { name: name.to_owned(), rights, permissions: permissions.clone() })
    }

    /// The name, as the journal shall say it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether they may look: at plans, exports, links, the journal.
    ///
    /// # Errors
    /// Who lacks which right, and how to get it.
    pub fn may_look(&self) -> Result<(), String> {
        match &self.rights {
            Rights::Listed(user) if user.erp == Level::None => Err(format!(
                "`{}` may not look: that needs the level `read_only` or more on the ERP Integrations tool, and `{0}` has `none`; {}",
                self.name,
                self.remedy(None)
            )),
            Rights::All | Rights::Listed(_) | Rights::Looking => Ok(()),
        }
    }

    /// Whether they may do an action of the matrix.
    ///
    /// # Errors
    /// Who lacks which right for what, and how to get it.
    pub fn may(&self, action: &str) -> Result<(), String> {
        match self.permissions.get(action) {
            Some(permission) => self.check((Some(action), permission), None),
            None => {
                let names: Vec<&str> = self.permissions.iter().map(|(id, _)| id).collect();
                let help = did_you_mean(action, names).unwrap_or_else(|| "`permissions.yaml` lists the actions".to_owned());
                Err(format!("there is no action `{action}`; {help}"))
            }
        }
    }

    /// Whether they may accept or reject exports of a mapping.
    ///
    /// # Errors
    /// Who lacks which right for what, and how to get it.
    pub fn may_accept(&self, mapping: &str) -> Result<(), String> {
        self.may_do(Deed::Accept, mapping)
    }

    /// Whether they may send, retrieve or resend items of a mapping: a matter of the tool where the items are made.
    ///
    /// # Errors
    /// Who lacks which right for what, and how to get it.
    pub fn may_send(&self, mapping: &str) -> Result<(), String> {
        match (self.permissions.get("send_items"), self.permissions.tool_of(mapping)) {
            (Some(permission), Some(tool)) => self.check((Some("send_items"), permission), Some((mapping, tool))),
            _ => self.check((None, &beyond_the_matrix(format!("send, retrieve or resend items of `{mapping}`"))), None),
        }
    }

    /// Whether they may remove links of a mapping.
    ///
    /// # Errors
    /// Who lacks which right for what, and how to get it.
    pub fn may_unlink(&self, mapping: &str) -> Result<(), String> {
        self.may_do(Deed::Unlink, mapping)
    }

    /// Whether they may link records of a mapping.
    ///
    /// # Errors
    /// Who lacks which right for what, and how to get it.
    pub fn may_link(&self, mapping: &str) -> Result<(), String> {
        self.may_do(Deed::Link, mapping)
    }

    /// Whether they may archive records of a mapping.
    ///
    /// # Errors
    /// Who lacks which right for what, and how to get it.
    pub fn may_archive(&self, mapping: &str) -> Result<(), String> {
        self.may_do(Deed::Archive, mapping)
    }

    /// Whether they may import by a mapping.
    ///
    /// # Errors
    /// Who lacks which right for what, and how to get it.
    pub fn may_import(&self, mapping: &str) -> Result<(), String> {
        self.may_do(Deed::Import, mapping)
    }

    /// Whether they may run these mappings: imports as the matrix says, exports with consent as approvers, without it as who works here.
    ///
    /// # Errors
    /// Each mapping that they may not run, with what it needs.
    pub fn may_run<'p>(&self, plans: impl IntoIterator<Item = &'p Plan>, consents: bool) -> Result<(), Lacking> {
        // Mappings that lack the same right are told together.
        let mut lacking: Vec<(String, Vec<String>)> = Vec::new();
        for plan in plans {
            let permission = match plan.direction {
                Direction::Import => self.permission(Deed::Import, &plan.name).1,
                Direction::Export if consents => self.permission(Deed::Accept, &plan.name).1,
                Direction::Export if self.may_send(&plan.name).is_ok() => continue,
                Direction::Export => staging(),
            };
            let Some(needs) = self.lacks(&permission, None) else { continue };
            let (right, name) = (format!("{}, which needs {needs}", permission.label), format!("`{}`", plan.name));
            match lacking.iter_mut().find(|(known, _)| *known == right) {
                Some((_, names)) => names.push(name),
                None => lacking.push((right, vec![name])),
            }
        }
        if lacking.is_empty() {
            return Ok(());
        }
        let lacking: Vec<String> = lacking.into_iter().map(|(right, names)| format!("{} ({right})", names.join(", "))).collect();
        let message = format!("`{}` may not run {}; nothing was read or sent", self.name, lacking.join(", "));
        let help = format!("`{}` {}; {}, or name the mappings to run", self.name, self.standing(), self.remedy(None));
        Err(Lacking { message, help })
    }

    fn may_do(&self, deed: Deed, mapping: &str) -> Result<(), String> {
        let (action, permission) = self.permission(deed, mapping);
        self.check((action, &permission), None)
    }

    fn permission(&self, deed: Deed, mapping: &str) -> (Option<&str>, Permission) {
        match self.permissions.about(deed, mapping) {
            Some((action, permission)) => (Some(action), permission.clone()),
            None => {
                let verb = match deed {
                    Deed::Accept => "accept or reject the export of",
                    Deed::Import => "import by",
                    Deed::Unlink => "remove links of",
                    Deed::Link => "link records of",
                    Deed::Archive => "archive records of",
                };
                (None, beyond_the_matrix(format!("{verb} `{mapping}`")))
            }
        }
    }

    fn check(&self, (action, permission): (Option<&str>, &Permission), item: Option<(&str, Tool)>) -> Result<(), String> {
        let Some(needs) = self.lacks(permission, item.map(|(_, tool)| tool)) else { return Ok(()) };
        let of = item.map(|(mapping, _)| format!(" of `{mapping}`")).unwrap_or_default();
        let (name, label) = (&self.name, &permission.label);
        Err(format!("`{name}` may not {label}{of}: that needs {needs}, and `{name}` {}; {}", self.standing(), self.remedy(action)))
    }

    /// What an action needs, where any of it is lacking.
    fn lacks(&self, permission: &Permission, item: Option<Tool>) -> Option<String> {
        let (level, is_approver) = match &self.rights {
            Rights::All => return None,
            Rights::Listed(user) => (user.erp, user.is_approver()),
            Rights::Looking => (Level::ReadOnly, false),
        };
        let of_level = permission.levels.is_empty() || permission.levels.contains(&level);
        let of_tools = permission.tools.iter().all(|right| self.has(right, item));
        let allowed = of_level && of_tools && (is_approver || !permission.approver);
        (!allowed).then(|| needs(permission, item))
    }

    fn has(&self, right: &ToolRight, item: Option<Tool>) -> bool {
        let Rights::Listed(user) = &self.rights else { return false };
        right.any_of.iter().any(|tool| user.tools.level(meant(*tool, item)) >= right.level)
    }

    /// What the user has.
    fn standing(&self) -> String {
        match &self.rights {
            Rights::All => "may do everything".to_owned(),
            Rights::Looking => "is not one of the `users` of the settings file".to_owned(),
            Rights::Listed(user) => {
                let push = if user.push_to_accounting { "with" } else { "without" };
                format!("has `{}` there, {push} the right to push to accounting", user.erp)
            }
        }
    }

    fn remedy(&self, action: Option<&str>) -> String {
        let entry = action.map(|action| format!(", or the entry `{action}` of `permissions`,")).unwrap_or_default();
        match &self.rights {
            Rights::Looking => "act as one who may with `--as`, or have an administrator add them".to_owned(),
            Rights::All | Rights::Listed(_) => {
                format!("act as one who may with `--as`, or have an administrator change `users`{entry} in the settings file")
            }
        }
    }
}

/// The tool that a right is about.
fn meant(tool: Tool, item: Option<Tool>) -> Tool {
    if tool == Tool::OfTheItem { item.unwrap_or(tool) } else { tool }
}

fn needs(permission: &Permission, item: Option<Tool>) -> String {
    let mut parts = Vec::new();
    if !permission.levels.is_empty() {
        let levels: Vec<String> = permission.levels.iter().map(|level| format!("`{level}`")).collect();
        parts.push(format!("{} on the ERP Integrations tool", levels.join(" or ")));
    }
    if permission.approver {
        parts.push("the right to push to accounting".to_owned());
    }
    for right in &permission.tools {
        let tools: Vec<String> = right.any_of.iter().map(|tool| format!("`{}`", meant(*tool, item))).collect();
        parts.push(format!("`{}` on the tool {}", right.level, tools.join(" or ")));
    }
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(" and ") }
}
