Definition power (x : R) (n : Z) : R := x ^ Z.to_nat n.
Lemma lemma_power_zero x n : IZR n = 0 -> power x n = 1.
Proof. intro E. apply eq_IZR in E. rewrite E. reflexivity. Qed.
Lemma power_step x n : (1 <= n)%Z -> power x n = x * power x (n - 1).
Proof.
  intro H. unfold power. replace (Z.to_nat n) with (S (Z.to_nat (n - 1))) by lia. reflexivity.
Qed.
Lemma lemma_power_step x n : IZR n >= 1 -> power x n = x * power x (n - 1).
Proof. intro H. apply Rge_le, le_IZR in H. exact (power_step x n H). Qed.
Lemma lemma_power_sum x m n : IZR m >= 0 -> IZR n >= 0 -> power x (m + n) = power x m * power x n.
Proof.
  intros H K. apply Rge_le, le_IZR in H. apply Rge_le, le_IZR in K.
  unfold power. rewrite Z2Nat.inj_add by assumption. apply pow_add.
Qed.
Lemma lemma_power_product x y n : IZR n >= 0 -> power (x * y) n = power x n * power y n.
Proof. intros _. apply Rpow_mult_distr. Qed.
Lemma lemma_power_nonnegative x n : IZR n >= 0 -> x >= 0 -> power x n >= 0.
Proof. intros _ H. apply Rle_ge, pow_le, Rge_le, H. Qed.
Lemma lemma_power_positive x n : IZR n >= 0 -> x > 0 -> power x n > 0.
Proof. intros _ H. apply pow_lt, H. Qed.
Lemma lemma_power_nonzero x n : IZR n >= 0 -> x <> 0 -> power x n <> 0.
Proof. intros _ H. apply pow_nonzero, H. Qed.
Lemma lemma_power_monotone x y n : IZR n >= 0 -> 0 <= x -> x <= y -> power x n <= power y n.
Proof. intros _ H K. apply pow_incr. split; assumption. Qed.
Lemma lemma_power_unit x n : IZR n >= 0 -> 0 <= x -> x <= 1 -> power x n <= 1.
Proof.
  intros _ H K. unfold power. rewrite <- (pow1 (Z.to_nat n)). apply pow_incr. split; assumption.
Qed.
Lemma lemma_bernoulli x n : IZR n >= 0 -> x >= -1 -> power (1 + x) n >= 1 + IZR n * x.
Proof.
  intros H K. apply Rge_le, le_IZR in H. apply Rle_ge. unfold power. rewrite <- (Z2Nat.id n H) at 1.
  rewrite <- INR_IZR_INZ. generalize (Z.to_nat n). clear n H. intro n. induction n as [|n IH]; [ simpl; lra |].
  rewrite S_INR. simpl. assert (N : 0 <= INR n) by apply pos_INR.
  assert (S : 0 <= INR n * (x * x)) by (apply Rmult_le_pos; [ exact N | apply (Rle_0_sqr x) ]).
  assert (M : (1 + x) * (1 + INR n * x) <= (1 + x) * (1 + x) ^ n) by (apply Rmult_le_compat_l; [ lra | exact IH ]).
  lra.
Qed.
