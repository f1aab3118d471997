/** Who decides in a run, as this window knows it. */
export type RunPart = 'orchestrating' | 'watching' | 'interrupted' | 'ended';
