/** Where a script will run: what starts its commands, and what runs its containers. */
export interface RenderTarget {
  /** `slurm` starts each command by srun inside a batch job, `local` as processes of the machine. */
  readonly scheduler: 'slurm' | 'local'
  readonly containers: 'none' | 'apptainer' | 'enroot' | 'podman'
}

export const LOCAL_TARGET: RenderTarget = { scheduler: 'local', containers: 'none' }
