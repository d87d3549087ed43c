// The works on the wall: a task with all versions that edits of it made.

import type { Operation, Task, TaskId, Work, WorkKind } from '../../bindings';

/** One version of a work, and where its file is. */
export interface Version {
  task: TaskId;
  /** Its place in that task's works. */
  index: number;
  work: Work;
  /** Its file is on this machine. */
  kept: boolean;
}

/** A piece on the wall. */
export interface Piece {
  task: Task;
  /** The original first. Empty until it is finished. */
  versions: Version[];
  /** Edits that are not finished, oldest first. */
  edits: Task[];
}

export type WallState = 'busy' | 'done' | 'problem';

const kinds: Partial<Record<Operation, WorkKind>> = {
  generate_video: 'video',
  generate_image: 'image',
  generate_music: 'music',
  captions: 'video',
  overlay: 'video',
};

export function kindOf(task: Task): WorkKind {
  return task.works[0]?.kind ?? kinds[task.operation] ?? 'video';
}

/** Puts edits beside what they edit. One whose original is not among the tasks stands for itself. */
export function pieces(tasks: readonly Task[]): Piece[] {
  const known = new Map(tasks.map((task) => [task.id, task]));
  const edits = new Map<TaskId, Task[]>();
  const roots: Task[] = [];
  for (const task of tasks) {
    const root = rootOf(task, known);
    if (root === task) roots.push(task);
    else edits.set(root.id, [...(edits.get(root.id) ?? []), task]);
  }
  return roots.map((task) => {
    const own = (edits.get(task.id) ?? []).toSorted((one, other) => one.id - other.id);
    return { task, versions: versionsOf(task, own), edits: own.filter((edit) => edit.state !== 'succeeded') };
  });
}

function rootOf(task: Task, known: ReadonlyMap<TaskId, Task>): Task {
  let root = task;
  const seen = new Set<TaskId>();
  while (root.parent !== null && !seen.has(root.id)) {
    seen.add(root.id);
    const parent = known.get(root.parent);
    if (!parent) break;
    root = parent;
  }
  return root;
}

function versionsOf(task: Task, edits: readonly Task[]): Version[] {
  const all: Version[] = [];
  const seen = new Set<string>();
  for (const of of [task, ...edits]) {
    for (const [index, work] of of.works.entries()) {
      // The provider may list a version with the original as well as with the edit that made it.
      const identity = work.remote_id ?? work.url;
      if (seen.has(identity)) continue;
      seen.add(identity);
      all.push({ task: of.id, index, work, kept: of.kept.includes(index) });
    }
  }
  return all.toSorted((one, other) => one.work.version - other.work.version);
}

/** What a piece is counted under in the filter. */
export function wallState(piece: Piece): WallState {
  switch (piece.task.state) {
    case 'queued':
    case 'submitting':
    case 'running':
      return 'busy';
    case 'succeeded':
      return 'done';
    case 'failed':
    case 'uncertain':
    case 'cancelled':
      return 'problem';
  }
}

export function shownBy(piece: Piece, kind: WorkKind | 'all', state: WallState | 'all'): boolean {
  return (kind === 'all' || kindOf(piece.task) === kind) && (state === 'all' || wallState(piece) === state);
}

/** Originals that are missing although an edit of theirs is there. */
export function missingParents(tasks: readonly Task[]): TaskId[] {
  const known = new Set(tasks.map((task) => task.id));
  const wanted = tasks.flatMap((task) => (task.parent === null || known.has(task.parent) ? [] : [task.parent]));
  return [...new Set(wanted)];
}
