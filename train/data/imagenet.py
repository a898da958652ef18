"""The thousand classes of ImageNet (ILSVRC 2012): their names in order, their groups, and what CIFAR-10 calls them.

The names are torchvision's (BSD 3-clause). The order of the classes is by kind up to 397, which are the animals; the
things after them stand by name, so that each of their groups is a list.
"""

import re

CLASSES = 1000

GROUPS = {
    "animal": "0-397",
    "person": "981-983",
    "plant or fungus": "958 984-998",
    "food": "924-957 959-967 969",
    "vehicle": """403-405 407-408 417 436 444 450 466 468 472 484 510-511 537 547 554-555 561 565 569 573 575-576 586
        595 603 609 612 625 627-628 654 656 661 665 670-671 675 690 705 717 724 734 751 757 779-780 802-803 812 814
        817 820 829 833 847 856 864 866-867 870-871 874 880 895 913-914""",
    "building": """406 410 415 421 424-425 437 442 448-449 454 460 467 483 489 497-498 500 509 525 536 538 540 562 580
        582 624 634 649 660 663 668 672 682 698 706 708 716 718 727 743 762 788 819 821 825 832 839 853 858 860 863
        865 873 884 888 900 912 915""",
    "place": "970 972-980",
    "household": """412 423 431 434-435 441 453 462-463 469-470 493 495 499 503-505 516 520-521 526 532-534 539 544 548
        550 556 559 564 567 572 588 607 618-619 647-648 651 653 659 700 703 721 729 738 741 750 760 765-766 773 789
        794 799 809 813 827-828 831 846 849 854 857 859 861 868 876 883 891 894 896-897 904-905 909-910 923 968 999""",
    "container": """414 427 438 440 478 492 519 549 636-637 692 709 719-720 725 728 737 748 756 771 790-791 893 898-899
        901 907""",
    "clothing": """399-400 411 433 439 443 445 451-452 457 459 461 464-465 474 496 501-502 514-515 518 524 529 552 560
        568 570 578 584 591 597 601 608 610 614-615 617 630 638-639 643 652 655 658 667 678-679 689 697 715 735 770
        774-775 793 796 806 808 824 834 836-837 841-842 869 887 903 906""",
    "instrument": """401-402 420 432 486 494 513 541-542 546 558 566 577 579 593-594 641-642 683-684 687 699 776 822 875
        881 889""",
    "sport": "416 422 429-430 522 543 574 602 693 702 722 736 746-747 752 758 768 795 801 805 843 852 890",
    "device": """409 426 447 480-482 485 487 508 527-528 530-531 545 589-590 592 598 604-606 613 620 626 632-633 635
        650 662 664 673 685 688 704 707 710 713 732 740 742 745 753-755 759 761 778 782 786 807 810-811 818 823 826
        835 844 848 851 878 882 886 892""",
    "tool": """418 428 473 477 488 491 507 512 571 583 587 596 600 621 623 644 674 677 694-696 714 726 730-731 739
        749 767 769 772 783-784 792 798 804 845 902""",
    "weapon": "413 456 471 657 744 763-764",
}
OTHER = "other"  # what is in none of the groups: a maze, a coil, a comic book

CIFAR10_OF = {
    "airplane": "404 895",
    "automobile": "436 468 511 609 627 656 661 751 817",
    "bird": "7-24 80-100 127-146",
    "cat": "281-285",
    "deer": "350-353",
    "dog": "151-268",
    "frog": "30-32",
    "horse": "339",
    "ship": "403 484 510 554 625 628 724 780 814 871 914",
    "truck": "555 569 675 717 864 867",
}
"""Which classes count as which of CIFAR-10's. ImageNet has no deer: ibex and antelopes count as such."""


def classes() -> tuple[str, ...]:
    """All 1,000 names in the order of the labels."""
    from torchvision.models._meta import _IMAGENET_CATEGORIES

    return tuple(_IMAGENET_CATEGORIES)


def groups() -> tuple[str, ...]:
    """The group of every class, in the same order."""
    found = [OTHER] * CLASSES
    for name, text in GROUPS.items():
        for number in numbers(text):
            found[number] = name
    return tuple(found)


def numbers(text: str) -> list[int]:
    """`"7-9 12"` -> [7, 8, 9, 12]."""
    found = []
    for first, last in re.findall(r"(\d+)(?:-(\d+))?", text):
        found += range(int(first), int(last or first) + 1)
    return found
