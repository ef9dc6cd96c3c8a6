Lemma binomial_theorem x y n : (0 <= n)%Z ->
  Sum (fun k => IZR (binomial n k) * power x k * power y (n - k)) 0 n = power (x + y) n.
Proof.
  intro H. pattern n. revert n H. apply natlike_ind.
  - unfold Sum, power. simpl. unfold binomial. simpl. ring.
  - intros n H IH. set (g := fun k => IZR (binomial n k) * power x k * power y (n - k)) in IH.
    rewrite (sum_ext _ (fun k => x * g (k - 1)%Z + y * g k)).
    + rewrite sum_plus, !sum_scale.
      rewrite (sum_shift (fun k => g (k - 1)%Z) 1).
      rewrite (sum_ext (fun k => g (k + 1 - 1)%Z) g) by (intros; f_equal; lia).
      rewrite (sum_first g (0 - 1)) by lia. rewrite (sum_last g 0 (Z.succ n)) by lia.
      replace (Z.succ n - 1)%Z with n by lia. rewrite IH.
      replace (0 - 1 + 1)%Z with 0%Z by lia. rewrite IH.
      assert (A : g (0 - 1)%Z = 0) by (unfold g; rewrite binomial_outside by lia; simpl; ring).
      assert (B : g (Z.succ n) = 0) by (unfold g; rewrite binomial_outside by lia; simpl; ring).
      rewrite A, B, (power_step (x + y) (Z.succ n)) by lia. replace (Z.succ n - 1)%Z with n by lia. ring.
    + intros k L U. unfold g. rewrite binomial_pascal by lia. replace (Z.succ n - 1)%Z with n by lia.
      rewrite plus_IZR. replace (n - (k - 1))%Z with (Z.succ n - k)%Z by lia.
      destruct (Z.eq_dec k 0) as [E|E].
      * rewrite E. rewrite (binomial_outside n (0 - 1)) by lia.
        rewrite (power_step y (Z.succ n - 0)) by lia. replace (Z.succ n - 0 - 1)%Z with (n - 0)%Z by lia. ring.
      * rewrite (power_step x k) by lia. destruct (Z.eq_dec k (Z.succ n)) as [F|F].
        -- rewrite F, (binomial_outside n (Z.succ n)) by lia. ring.
        -- rewrite (power_step y (Z.succ n - k)) by lia. replace (Z.succ n - k - 1)%Z with (n - k)%Z by lia. ring.
Qed.
Lemma power_of_one n : power 1 n = 1.
Proof. apply pow1. Qed.
Lemma binomial_mean x n : (0 <= n)%Z ->
  Sum (fun k => IZR k * IZR (binomial n k) * power x k * power (1 - x) (n - k)) 0 n = IZR n * x.
Proof.
  intro H. destruct (Z.eq_dec n 0) as [E|E]; [ rewrite E; unfold Sum; simpl; unfold power, binomial; simpl; ring |].
  rewrite sum_first by lia.
  set (g := fun k => IZR (binomial (n - 1) k) * power x k * power (1 - x) (n - 1 - k)).
  rewrite (sum_ext _ (fun k => (IZR n * x) * g (k - 1)%Z)).
  - rewrite sum_scale, (sum_shift (fun k => g (k - 1)%Z) 1).
    rewrite (sum_ext (fun k => g (k + 1 - 1)%Z) g) by (intros; f_equal; lia).
    replace (0 + 1 - 1)%Z with 0%Z by lia. unfold g. rewrite binomial_theorem by lia.
    replace (x + (1 - x)) with 1 by ring. rewrite power_of_one. ring.
  - intros k L U. unfold g. rewrite <- mult_IZR, binomial_absorb by lia. rewrite mult_IZR, (power_step x k) by lia.
    replace (n - 1 - (k - 1))%Z with (n - k)%Z by lia. ring.
Qed.
Lemma lemma_binomial_theorem x y n : IZR n >= 0 ->
  Sum (fun k => IZR (binomial n k) * power x k * power y (n - k)) 0 n = power (x + y) n.
Proof. intro H. apply Rge_le, le_IZR in H. exact (binomial_theorem x y n H). Qed.
Lemma lemma_binomial_mean x n : IZR n >= 0 ->
  Sum (fun k => IZR k * IZR (binomial n k) * power x k * power (1 - x) (n - k)) 0 n = IZR n * x.
Proof. intro H. apply Rge_le, le_IZR in H. exact (binomial_mean x n H). Qed.
