/** Items that have a member in common, directly or through one another, in one group. One without members stays alone. */
export function together<Item, Member>(items: Iterable<Item>, membersOf: (item: Item) => readonly Member[]): Item[][] {
  const leaders = new Map<Member, Member>();
  const groups = new Map<Member | Item, Item[]>();
  const all = [...items].map((item) => ({ item, members: membersOf(item) }));
  for (const { members } of all) for (const member of members) join(leaders, members[0] as Member, member);
  for (const { item, members } of all) {
    const group = members.length === 0 ? item : leaderOf(leaders, members[0] as Member);
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [item]);
    else known.push(item);
  }
  return [...groups.values()];
}

function join<Member>(leaders: Map<Member, Member>, a: Member, b: Member): void {
  leaders.set(leaderOf(leaders, b), leaderOf(leaders, a));
}

/** Whoever is passed on the way follows the one at its end from now on. */
function leaderOf<Member>(leaders: Map<Member, Member>, member: Member): Member {
  let leader = member;
  for (let next = leaders.get(leader); next !== undefined && next !== leader; next = leaders.get(leader)) leader = next;
  for (let at = member; at !== leader; ) {
    const next = leaders.get(at) as Member;
    leaders.set(at, leader);
    at = next;
  }
  return leader;
}
