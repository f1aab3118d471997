/** What the layout needs to know of a spec. */
export interface LayoutInput {
  readonly id: string;
  /** Ids; unknown ones are left out. */
  readonly dependsOn: readonly string[];
}

/** Sizes in pixels at zoom 1. */
export interface LayoutSizes {
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  readonly columnGap: number;
  readonly rowGap: number;
}

/** One thing in a column: a spec, or the place where a long edge passes through. */
export interface Slot {
  /** Absent for a passing edge. */
  readonly id?: string;
  readonly column: number;
  /** Neighbours one column to the left and to the right, as indices. */
  readonly left: number[];
  readonly right: number[];
}
