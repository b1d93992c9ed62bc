//! The tree of elements that the parameter table describes.

use std::sync::LazyLock;

use offhook_params::{DIMENSIONS, FAMILIES, ParamId};

/// Index of an element in the tree.
pub(crate) type NodeId = u16;

/// The root.
pub(crate) const ROOT: NodeId = 0;

/// An element of the schema.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) name: String,
    /// The dimension whose number its `ID` attribute carries.
    pub(crate) id: Option<u8>,
    pub(crate) parent: Option<NodeId>,
    /// Which child of its parent it is, from 0.
    place: u16,
    pub(crate) children: Vec<NodeId>,
    /// Other names of children.
    aliases: Vec<(&'static str, NodeId)>,
}

/// All elements, a parent before its children, siblings in the order of the spec.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    places: Vec<Option<NodeId>>,
    /// The parameter that follows each one in a file in the order of the tree; the first one follows the last.
    followers: Vec<ParamId>,
    first: ParamId,
    /// How the tag of each parameter begins if it has no other attribute: `<Enable LINE_ENABLE_1="`.
    usual_tags: Vec<Option<String>>,
}

/// An element in a file: which one, and the number of its `ID`.
pub(crate) type Step = (NodeId, Option<u16>);

/// The tree of all settings that a file may make.
pub(crate) fn tree() -> &'static Tree {
    static TREE: LazyLock<Tree> = LazyLock::new(Tree::new);
    &TREE
}

impl Tree {
    fn new() -> Self {
        let first = FAMILIES[0].first;
        let mut tree = Self {
            nodes: Vec::new(),
            places: vec![None; ParamId::COUNT],
            followers: Vec::new(),
            first,
            usual_tags: Vec::new(),
        };
        let root = tree.add("PANASipPhoneConfig".to_owned(), None, None);
        let dev = tree.add("Dev".to_owned(), None, Some(root));
        for family in &FAMILIES {
            let Some(xml) = &family.xml else { continue };
            for id in family.params() {
                let mut parent = dev;
                for step in xml.path {
                    let mut name = step.name.to_owned();
                    for (dimension, number) in family.per.iter().zip(id.instance().0) {
                        let placeholder = format!("{{{}}}", DIMENSIONS[usize::from(*dimension)].id);
                        name = name.replace(&placeholder, &number.to_string());
                    }
                    parent = match tree.exact_child(parent, &name) {
                        Some(node) => node,
                        None => tree.add(name, step.id, Some(parent)),
                    };
                }
                tree.places[id.index()] = Some(parent);
                if let Some(above) = tree.node(parent).parent {
                    let aliases = &mut tree.nodes[usize::from(above)].aliases;
                    aliases.extend(xml.aliases.iter().map(|alias| (*alias, parent)));
                }
            }
        }
        let usual_tag = |id: ParamId| {
            let node = tree.node(tree.place(id)?);
            node.id.is_none().then(|| format!("<{} {}=\"", node.name, id.name()))
        };
        tree.usual_tags = ParamId::all().map(usual_tag).collect();
        let mut order: Vec<_> = ParamId::all().filter_map(|id| Some((tree.steps(id)?, id))).collect();
        order.sort_unstable();
        tree.first = order[0].1;
        tree.followers = vec![tree.first; ParamId::COUNT];
        for pair in order.windows(2) {
            tree.followers[pair[0].1.index()] = pair[1].1;
        }
        tree
    }

    fn add(&mut self, name: String, id: Option<u8>, parent: Option<NodeId>) -> NodeId {
        let node = self.nodes.len() as NodeId;
        let place = parent.map_or(0, |parent| self.node(parent).children.len() as u16);
        self.nodes.push(Node { name, id, parent, place, children: Vec::new(), aliases: Vec::new() });
        if let Some(parent) = parent {
            self.nodes[usize::from(parent)].children.push(node);
        }
        node
    }

    pub(crate) fn node(&self, node: NodeId) -> &Node {
        &self.nodes[usize::from(node)]
    }

    fn exact_child(&self, parent: NodeId, name: &str) -> Option<NodeId> {
        self.node(parent).children.iter().copied().find(|&c| self.node(c).name == name)
    }

    /// The child with this name or one of its aliases.
    pub(crate) fn child(&self, parent: NodeId, name: &str) -> Option<NodeId> {
        let alias = || self.node(parent).aliases.iter().find(|(alias, _)| *alias == name).map(|(_, node)| *node);
        self.exact_child(parent, name).or_else(alias)
    }

    /// The child that follows one of its siblings, or the first.
    #[inline]
    pub(crate) fn next_child(&self, parent: NodeId, last: Option<NodeId>) -> Option<NodeId> {
        let next = last.map_or(0, |last| self.node(last).place + 1);
        self.node(parent).children.get(usize::from(next)).copied()
    }

    /// The first parameter of a file in the order of the tree.
    pub(crate) fn first(&self) -> ParamId {
        self.first
    }

    /// The parameter that follows one in a file in the order of the tree.
    #[inline]
    pub(crate) fn follower(&self, id: ParamId) -> ParamId {
        self.followers[id.index()]
    }

    /// The child whose name differs in case only.
    pub(crate) fn near_child(&self, parent: NodeId, name: &str) -> Option<&Node> {
        let mut children = self.node(parent).children.iter().map(|&c| self.node(c));
        children.find(|c| c.name.eq_ignore_ascii_case(name))
    }

    /// The element that carries a parameter, if a file may set it.
    pub(crate) fn place(&self, id: ParamId) -> Option<NodeId> {
        self.places[id.index()]
    }

    /// How a parameter's tag begins, the quote of its value included, if it has no other attribute.
    #[inline]
    pub(crate) fn usual_tag(&self, id: ParamId) -> Option<&str> {
        self.usual_tags[id.index()].as_deref()
    }

    /// The elements from the root to the one that carries a parameter.
    pub(crate) fn steps(&self, id: ParamId) -> Option<Vec<Step>> {
        let mut steps = Vec::with_capacity(8);
        let mut at = Some(self.place(id)?);
        while let Some(node) = at {
            let Node { id: dimension, parent, .. } = self.node(node);
            steps.push((node, dimension.and_then(|d| number(id, d))));
            at = *parent;
        }
        steps.reverse();
        Some(steps)
    }

    /// The same for people: `PANASipPhoneConfig/Dev/Srv/Prof/Line ID="1"/Enable`.
    pub(crate) fn path(&self, id: ParamId) -> String {
        let steps = self.steps(id).unwrap_or_default();
        let names = steps.into_iter().map(|(node, number)| match number {
            Some(number) => format!("{} ID=\"{number}\"", self.node(node).name),
            None => self.node(node).name.clone(),
        });
        names.collect::<Vec<_>>().join("/")
    }
}

/// The number of a parameter in a dimension.
pub(crate) fn number(id: ParamId, dimension: u8) -> Option<u16> {
    let slot = id.family().per.iter().position(|&d| d == dimension)?;
    Some(id.instance().0[slot])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_of_files_has_a_place() {
        for id in ParamId::all() {
            assert_eq!(tree().place(id).is_some(), id.family().file, "{id}");
        }
        let path = |name| tree().path(offhook_params::lookup(name).expect("a setting").id);
        assert_eq!(path("SIP_SRC_PORT_2"), "PANASipPhoneConfig/Dev/Srv/Prof/SIP/UserAgentPort2");
        let codec = "PANASipPhoneConfig/Dev/Srv/Prof/Line ID=\"1\"/Codec/List ID=\"3\"/Enable";
        assert_eq!(path("CODEC_ENABLE3_1"), codec);
    }
}
